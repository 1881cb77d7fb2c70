// Healthy is a primary. The first time, the replica set is made of this one server.
const password = encodeURIComponent(process.env.MONGO_INITDB_ROOT_PASSWORD);
const server = connect(`mongodb://root:${password}@127.0.0.1:27017/admin?directConnection=true`);
const hello = server.hello();
if (!hello.setName) {
  const members = [{ _id: 0, host: "mongodb:27017" }];
  server.adminCommand({ replSetInitiate: { _id: "rs0", members } });
}
quit(hello.isWritablePrimary && hello.setName ? 0 : 1);
