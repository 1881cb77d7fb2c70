// Once, when the server is new: the service's own user, for its database and that of its tests.
const roles = ["app", "app_test"].flatMap((name) => [
  { role: "readWrite", db: name },
  { role: "dbAdmin", db: name },
]);
db.getSiblingDB("app").createUser({ user: "app", pwd: process.env.DATABASE_PASSWORD, roles });
