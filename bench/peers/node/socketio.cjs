/**
 * Socket.IO 4 with its Redis adapter, as its documentation puts them together: a room a socket, named when it comes.
 *
 *     node socketio.cjs PORT REDIS_SOCKET
 */
"use strict";

const { createServer } = require("node:http");
const { createAdapter } = require("@socket.io/redis-adapter");
const { Redis } = require("ioredis");
const { Server } = require("socket.io");

const [port, redis] = process.argv.slice(2);
const publisher = new Redis(redis);
const http = createServer();
const io = new Server(http, { adapter: createAdapter(publisher, publisher.duplicate()), transports: ["websocket"] });

io.on("connection", (socket) => {
  const { room } = socket.handshake.query;
  socket.join(room);
  socket.on("message", (said) => io.to(room).emit("message", said));
});

http.listen(Number(port), "127.0.0.1");
