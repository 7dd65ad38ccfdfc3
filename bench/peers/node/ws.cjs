/**
 * `ws` and Redis, and nothing between them: what is said in a room is published, and what is heard goes to its sockets.
 *
 *     node ws.cjs PORT REDIS_SOCKET
 */
"use strict";

const { Redis } = require("ioredis");
const { WebSocketServer } = require("ws");

const [port, redis] = process.argv.slice(2);
const publisher = new Redis(redis);
const subscriber = publisher.duplicate();
/** @type {Map<string, Set<import("ws").WebSocket>>} By channel, who is in the room. */
const rooms = new Map();

subscriber.on("pmessageBuffer", (_, channel, said) => {
  for (const socket of rooms.get(channel.toString()) ?? []) socket.send(said, { binary: false });
});

function join(socket, channel) {
  if (!rooms.has(channel)) rooms.set(channel, new Set());
  rooms.get(channel).add(socket);
}

function leave(socket, channel) {
  rooms.get(channel).delete(socket);
  if (!rooms.get(channel).size) rooms.delete(channel);
}

function serve(socket, request) {
  const channel = `room:${request.url.slice(1)}`;
  join(socket, channel);
  socket.on("message", (said) => publisher.publish(channel, said));
  socket.on("close", () => leave(socket, channel));
  socket.on("error", () => socket.terminate());
}

subscriber.psubscribe("room:*").then(() => {
  new WebSocketServer({ host: "127.0.0.1", port: Number(port), backlog: 511 }).on("connection", serve);
});
