#!/bin/bash
# mongod as a replica set of one member: without a replica set there are no transactions.
set -eu

key=/data/configdb/key
if [ ! -s "$key" ]; then
  # By it members know each other, and log-ins are asked for. Made here, it never leaves.
  (umask 077 && head -c 512 /dev/urandom | base64 -w 0 > "$key")
  chown mongodb:mongodb "$key"
fi
exec docker-entrypoint.sh mongod --replSet rs0 --keyFile "$key" --bind_ip_all
