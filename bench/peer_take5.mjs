// Take5's request for a new call as its text has it, without telephony: Express and `pg`, the group read with its
// members, the call stored. Modules are those of tests/. Arguments: port, URL of a database.
import { createRequire } from "node:module";

const require = createRequire(new URL("../tests/package.json", import.meta.url));
const express = require("express");
const { Pool } = require("pg");

const [port, connectionString] = process.argv.slice(2);
const pool = new Pool({ connectionString });
await pool.query(`
  CREATE TABLE users (id serial PRIMARY KEY, phone_number text UNIQUE);
  CREATE TABLE groups (id serial PRIMARY KEY, name text, duration integer);
  CREATE TABLE members (group_id integer REFERENCES groups, user_id integer REFERENCES users,
                        PRIMARY KEY (group_id, user_id));
  CREATE TABLE calls (call_id text PRIMARY KEY, group_id integer REFERENCES groups, status text,
                      scheduled_time timestamptz, duration integer, phone_numbers text[]);
  INSERT INTO users (phone_number) VALUES ('5551234567'), ('5559876543'), ('5555550123');
  INSERT INTO groups (name, duration) VALUES ('Daily Check-in', 5);
  INSERT INTO members VALUES (1, 1), (1, 2), (1, 3);`);

let last = 0;
/// Two calls of one group in the same millisecond differ.
function newCallId(groupId) {
  last = Math.max(Date.now(), last + 1);
  return `take5-${groupId}-${last}`;
}

const application = express();
application.use(express.json());
application.post("/api/chime/call", async (request, response) => {
  const { groupId, scheduledTime } = request.body;
  const time = new Date(scheduledTime);
  if (!Number.isInteger(groupId) || groupId < 1 || Number.isNaN(time.getTime()))
    return response.status(400).json({ error: "groupId and scheduledTime are required" });
  const { rows } = await pool.query(
    `SELECT name, duration, phone_number FROM groups JOIN members ON group_id = groups.id
     JOIN users ON users.id = user_id WHERE groups.id = $1 ORDER BY users.id`,
    [groupId],
  );
  if (rows.length === 0) return response.status(404).json({ error: "Group not found", groupId });
  const callId = newCallId(groupId);
  const phoneNumbers = rows.map((row) => `+1${row.phone_number}`);
  const { name, duration } = rows[0];
  await pool.query("INSERT INTO calls VALUES ($1, $2, 'created', $3, $4, $5)", [
    callId, groupId, time, duration, phoneNumbers,
  ]);
  response.status(201).json({
    message: "Call created successfully",
    call: { callId, status: "created", groupId, groupName: name, participants: rows.length, scheduledTime, duration, phoneNumbers },
  });
});
application.listen(Number(port), "127.0.0.1");
