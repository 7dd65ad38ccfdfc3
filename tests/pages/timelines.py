"""A timeline on a screen against the same timeline in the database."""

from typing import Any

from playwright.sync_api import Page

from rooms import models
from tests.pages.places import Place

MESSAGES = """
SELECT m.seq, m.author_id AS author, m.text, m.html, m.client_id::text AS client,
  m.deleted_at IS NOT NULL AS deleted, m.edited_at IS NOT NULL AND m.deleted_at IS NULL AS edited,
  EXISTS (SELECT FROM rooms_pin p WHERE p.message_id = m.id) AS pinned,
  (SELECT coalesce(json_agg(json_build_array(emoji, people) ORDER BY first), '[]') FROM (
    SELECT emoji, json_agg(user_id ORDER BY seq) AS people, min(seq) AS first
    FROM rooms_reaction r WHERE r.message_id = m.id GROUP BY emoji) AS by_emoji) AS reactions
FROM rooms_message m WHERE m.room_id = %s ORDER BY m.seq
"""
NOTICES = "SELECT seq, type FROM rooms_event WHERE room_id = %s AND type = ANY(%s) ORDER BY seq"

#: What the rows say, once it is what is asked for or time is over. The stored HTML is put as the browser would.
SHOWS = """async ([stored, ms]) => {
  const html = (source) => Object.assign(document.createElement("template"), { innerHTML: source }).innerHTML;
  const tombstone = '<p class="message__tombstone">This message was deleted.</p>';
  for (const row of stored) if ("html" in row) row.html = row.deleted ? tombstone : html(row.html);
  const reaction = ({ dataset }) => [dataset.emoji, dataset.people.split(" ").map(Number)];
  const body = (row) => row.querySelector("[data-slot='body']").innerHTML;
  const isShown = (row, slot) => !row.querySelector(`[data-slot='${slot}']`).hidden;
  const message = (row) => ({
    seq: Number(row.dataset.seq), author: Number(row.dataset.author), text: row.dataset.text, html: body(row),
    client: row.dataset.clientId, deleted: row.matches(".is-deleted"),
    edited: row.matches(".is-edited") && isShown(row, "edited"),
    pinned: row.matches(".is-pinned") && isShown(row, "pin"),
    reactions: [...row.querySelectorAll(".reaction [data-emoji]")].map(reaction),
  });
  const notice = (row) => ({ seq: Number(row.dataset.seq), type: row.dataset.type });
  const rows = () => [...document.querySelectorAll("#timeline > .message, #timeline > .notice")];
  const shown = () => rows().map((row) => (row.matches(".message") ? message(row) : notice(row)));
  const key = (all) => JSON.stringify(all.map((row) => Object.entries(row).sort()));
  const end = performance.now() + ms;
  while (key(shown()) !== key(stored) && performance.now() < end) await new Promise(requestAnimationFrame);
  return [shown(), stored];
}"""


def await_stored(page: Page, place: Place, room: int) -> list[Any]:
    """The page comes to show every row of the room's timeline as it is stored; those rows."""
    rows = place.rows(MESSAGES, room) + place.rows(NOTICES, room, models.NOTICES)
    shown, stored = page.evaluate(SHOWS, [sorted(rows, key=lambda row: int(row["seq"])), 5_000])
    assert shown == stored
    return list(shown)
