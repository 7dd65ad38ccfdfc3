/** What travels on the socket, as declared in rooms/events.py, rooms/signals.py and rooms/commands.py. */

export interface Person {
  id: number;
  name: string;
  handle: string;
  initials: string;
  tint: number;
  avatar: string;
  status_emoji: string;
  status_text: string;
}

interface RoomEvent<T extends string> {
  type: T;
  room: number;
  seq: number;
  /** When it was committed, ISO 8601, UTC. */
  at: string;
  actor: Person | null;
}

export type Created = RoomEvent<"created">;
export type Posted = RoomEvent<"posted"> & {
  client_id: string;
  text: string;
  html: string;
  mentions: number[];
  mentions_room: boolean;
  deleted: boolean;
};
export type Edited = RoomEvent<"edited"> & { message: number; text: string; html: string; deleted: boolean };
export type Deleted = RoomEvent<"deleted"> & {
  message: number;
  author: number | null;
  mentions: number[];
  mentions_room: boolean;
};
export type Expired = RoomEvent<"expired"> & { through: number };
export type Reacted = RoomEvent<"reacted"> & { message: number; emoji: string };
export type Unreacted = RoomEvent<"unreacted"> & { message: number; emoji: string };
export type Pinned = RoomEvent<"pinned"> & { message: number };
export type Unpinned = RoomEvent<"unpinned"> & { message: number };
export type Renamed = RoomEvent<"renamed"> & { name: string };
export type TopicChanged = RoomEvent<"topic_changed"> & { topic: string };
export type Joined = RoomEvent<"joined"> & { person: Person };
export type Left = RoomEvent<"left"> & { person: Person };
export type Removed = RoomEvent<"removed"> & { person: Person };
export type RoleChanged = RoomEvent<"role_changed"> & { person: Person; role: string };
export type Archived = RoomEvent<"archived">;
export type Unarchived = RoomEvent<"unarchived">;

export type AnyEvent =
  | Created
  | Posted
  | Edited
  | Deleted
  | Expired
  | Reacted
  | Unreacted
  | Pinned
  | Unpinned
  | Renamed
  | TopicChanged
  | Joined
  | Left
  | Removed
  | RoleChanged
  | Archived
  | Unarchived;

export interface RoomState {
  room: number;
  workspace: number;
  head: number;
  position: number;
  unread: number;
  mentions: number;
  /** A direct conversation: every message in it is a mention. */
  direct: boolean;
}

export interface Typing {
  type: "typing";
  room: number;
  person: Person;
}
export interface ReadTo {
  type: "read_to";
  room: number;
  person: Person;
  position: number;
}
export interface Reader {
  person: Person;
  position: number;
}
export interface Readers {
  type: "readers";
  room: number;
  readers: Reader[];
}
export interface Presence {
  type: "presence";
  workspace: number;
  online: number[];
  offline: number[];
}
export interface PersonChanged {
  type: "person_changed";
  person: Person;
}
export interface WorkspaceRenamed {
  type: "workspace_renamed";
  workspace: number;
  name: string;
}
export interface RoomAdded {
  type: "room_added";
  state: RoomState;
}
export interface RoomRemoved {
  type: "room_removed";
  room: number;
  head: number;
}
export interface Reload {
  type: "reload";
  room: number;
  head: number;
}
export interface Welcome {
  type: "welcome";
  you: Person;
  at: string;
  heartbeat: number;
  epoch: string;
  rooms: RoomState[];
  workspaces: Record<string, string>;
  online: Record<string, number[]>;
  changed: Person[];
}
export interface Heads {
  type: "heads";
  heads: Record<string, number>;
}
export interface CaughtUp {
  type: "caught_up";
}
export interface Goodbye {
  type: "goodbye";
  delay: number;
}
export type AnySignal =
  | Typing
  | ReadTo
  | Readers
  | Presence
  | PersonChanged
  | WorkspaceRenamed
  | RoomAdded
  | RoomRemoved
  | Reload
  | Welcome
  | Heads
  | CaughtUp
  | Goodbye;

export interface Ok {
  type: "ok";
  id: number;
  seq: number | null;
}
export interface Refusal {
  type: "error";
  id: number | null;
  code: string;
  message: string;
  retry_after: number | null;
}
export type AnyReply = Ok | Refusal;
export type Frame = AnyEvent | AnySignal | AnyReply;

/** A command without its id: `Commands` numbers them. */
export type CommandBody =
  | { type: "post"; room: number; client_id: string; text: string }
  | { type: "edit"; room: number; message: number; text: string }
  | { type: "delete"; room: number; message: number }
  | { type: "react"; room: number; message: number; emoji: string }
  | { type: "unreact"; room: number; message: number; emoji: string }
  | { type: "pin"; room: number; message: number }
  | { type: "unpin"; room: number; message: number }
  | { type: "read"; room: number; position: number }
  | { type: "readers"; room: number }
  | { type: "typing"; room: number }
  | { type: "fetch"; room: number; after: number };
export type Hello = { type: "hello"; id: number; positions: Record<string, number>; since?: string; epoch?: string };
export type Ping = { type: "ping"; id: number; positions: Record<string, number> };
export type Confirm = { type: "confirm"; id: number; positions: Record<string, number> };
export type Command = (CommandBody & { id: number }) | Hello | Ping | Confirm;

/** Time, as given to everything in live/: a test gives its own. */
export interface Clock {
  /** Milliseconds. */
  now(): number;
  /** Calls `act` once after `ms`; returns what cancels it. */
  after(ms: number, act: () => void): () => void;
  /** 0 ≤ n < 1. */
  random(): number;
}

/** As much of a WebSocket as live/ needs. */
export interface Transport {
  readonly readyState: number;
  onopen: (() => void) | null;
  onmessage: ((message: { data: unknown }) => void) | null;
  onclose: ((close: { code: number; reason: string }) => void) | null;
  send(data: string): void;
  close(code?: number): void;
}

export type SocketState =
  | { name: "idle" | "connecting" | "greeting" | "catching_up" | "live" }
  | { name: "lost"; retryAt: number }
  | { name: "stopped"; reason: string; signIn: boolean };

/** A message that waits to be accepted. */
export interface Waiting {
  client_id: string;
  room: number;
  text: string;
  /** Milliseconds since 1970, on the author's clock: the order of sending. */
  at: number;
  /** The server's words, once it refused for good. */
  failed: string | null;
}

/** Where waiting messages are kept. */
export interface WaitingStore {
  all(): Promise<Waiting[]>;
  put(waiting: Waiting): Promise<void>;
  remove(clientId: string): Promise<void>;
}

/** As much of the Web Locks API as the outbox needs. */
export interface Locks {
  request<T>(name: string, act: () => Promise<T>): Promise<T>;
}
