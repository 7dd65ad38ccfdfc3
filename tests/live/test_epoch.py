"""After a restore nobody keeps what no longer is, and nobody else is troubled."""

import uuid
from collections.abc import Iterator

import pytest
from asgiref.sync import sync_to_async
from django.db import connection
from django.test import Client
from django.urls import reverse

from accounts.models import User
from collab.live.database import close_connections
from rooms import epoch, node
from rooms.models import Event, Message, Room, RoomMembership
from tests.live.sockets import Connect, Socket

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _own_connection(transactional_db: None) -> Iterator[None]:
    """That of the test itself is cut, too, by what begins another life."""
    yield
    connection.close()


async def say(socket: Socket, room: Room) -> int:
    reply = await socket.command("post", room=room.pk, client_id=str(uuid.uuid4()), text="said")
    seq: int = reply["seq"]
    return seq


def reloads(socket: Socket) -> list[tuple[int, int]]:
    return [(said["room"], said["head"]) for said in socket.heard if said["type"] == "reload"]


async def test_positions_of_this_life_are_gone_on_from(connect: Connect, ada: User, room: Room) -> None:
    first = await connect(ada)
    seq = await say(first, room)
    again = await connect(ada, positions={str(room.pk): seq - 1}, epoch=first.heard[0]["epoch"])
    assert again.seqs(room.pk) == [seq]
    assert reloads(again) == []


async def test_a_client_of_an_earlier_life_reloads_its_rooms_even_where_they_have_grown_beyond_it(
    connect: Connect, ada: User, room: Room
) -> None:
    hers = await connect(ada)
    head = await say(hers, room)
    behind = await connect(ada, positions={str(room.pk): head - 1}, epoch=str(uuid.uuid4()))
    assert reloads(behind) == [(room.pk, head)]
    assert behind.seqs(room.pk) == []
    seq = await say(hers, room)
    await behind.until_type("posted", room=room.pk, seq=seq)


async def test_positions_of_an_earlier_life_count_for_nothing(connect: Connect, ada: User, room: Room) -> None:
    await connect(ada, positions={str(room.pk): 1}, epoch=str(uuid.uuid4()))
    delivered = (await node.current()).delivered
    await delivered.flush()
    membership = await sync_to_async(RoomMembership.objects.get)(user=ada, room=room)
    assert membership.delivered is None


async def test_a_client_that_knows_of_no_epoch_is_served_as_ever(connect: Connect, ada: User, room: Room) -> None:
    head = await say(await connect(ada), room)
    old = await connect(ada, positions={str(room.pk): head - 1})
    assert old.seqs(room.pk) == [head]


@pytest.mark.parametrize("bad", ["", "yesterday", 7, "0b6c1f0e-5d0a-4c3c-9d8e"])
async def test_an_epoch_that_is_none_is_refused(connect: Connect, ada: User, bad: object) -> None:
    socket = await connect(ada, hello=False)
    assert (await socket.command("hello", epoch=bad))["code"] == "malformed"


async def test_a_node_that_ran_through_a_restore_has_everyone_begin_anew(
    connect: Connect, ada: User, ben: User, room: Room
) -> None:
    his = await connect(ben)
    before = his.heard[0]["epoch"]
    head = await say(his, room)
    await sync_to_async(epoch.begin_another)()
    # The room stands where it stood at the backup.
    await sync_to_async(Room.objects.filter(pk=room.pk).update)(head=head - 1)
    for model in (Event, Message):
        await sync_to_async(model.objects.filter(room=room, seq=head).delete)()
    # They are cut; whoever uses one finds it out by an error, once.
    await close_connections()
    hers = await connect(ada, hello=False)
    await hers.send_text('{"type": "hello", "id": 1}')
    assert await hers.closed() == 4100
    assert await his.closed() == 4100
    again = await connect(ben, positions={str(room.pk): head}, epoch=before)
    assert again.heard[0]["epoch"] != before
    assert reloads(again) == [(room.pk, head - 1)]
    seq = await say(again, room)
    assert seq == head
    await again.until_type("posted", room=room.pk, seq=seq)


async def test_a_node_nobody_comes_to_finds_it_out_by_itself(
    connect: Connect, ada: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(node, "EPOCH_EVERY", 0.05)
    hers = await connect(ada)
    await sync_to_async(epoch.begin_another)()
    assert await hers.closed() == 4100


def test_the_page_says_of_which_life_it_is(ada: User, room: Room) -> None:
    client = Client()
    client.force_login(ada, backend="allauth.account.auth_backends.AuthenticationBackend")
    page = client.get(reverse("room", args=[room.workspace.slug, room.pk])).content.decode()
    assert f'data-epoch="{epoch.current()}"' in page
