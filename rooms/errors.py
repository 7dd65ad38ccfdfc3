"""What the rules of rooms refuse, each with its code and words a person can act on."""

from collab.live.errors import CodedError


class RoomNotFound(CodedError):
    """No such room, or none this person may see: the two look alike."""

    code = "room_not_found"
    message = "There is no such room, or you are not in it."
    status = 404


class MessageNotFound(CodedError):
    """No such message in this room, or it was deleted."""

    code = "message_not_found"
    message = "That message is gone."
    status = 404


class PersonNotFound(CodedError):
    """No such person in this workspace."""

    code = "person_not_found"
    message = "There is no such person here."
    status = 404


class WorkspaceNotFound(CodedError):
    """No such workspace, or none this person is in."""

    code = "workspace_not_found"
    message = "There is no such workspace, or you are not in it."
    status = 404


class RoomArchived(CodedError):
    """The room can be read, not changed."""

    code = "room_archived"
    message = "This room is archived. Nothing can be added until someone opens it again."
    status = 409


class NotAllowed(CodedError):
    """The person may see it but not do this to it."""

    code = "not_allowed"
    message = "You may not do that here."
    status = 403


class NotYours(NotAllowed):
    """Only its author may change what a message says; they, or who looks after the room, may delete it."""

    code = "not_yours"
    message = "Only the person who wrote a message can change it."


class TextEmpty(CodedError):
    """Nothing to read in it."""

    code = "text_empty"
    message = "Write something first."


class TextTooLong(CodedError):
    """More characters than a message may have."""

    code = "text_too_long"
    message = "That is too long: a message may have 16,000 characters."


class EmojiUnknown(CodedError):
    """Not one emoji."""

    code = "emoji_unknown"
    message = "That is not an emoji."


class ClientIdReused(CodedError):
    """The same client id came with another text or room."""

    code = "client_id_reused"
    message = "That message id was already used for another message."
    status = 409


class PositionBeyondHead(CodedError):
    """Nothing is written that far: nobody can have read it, and nothing follows it."""

    code = "position_beyond_head"
    message = "That room has not come that far yet."


class TooManyPins(CodedError):
    """What is kept at hand is few."""

    code = "too_many_pins"
    message = "A room keeps 100 messages at hand. Unpin one of them first."
    status = 409


class NameTaken(CodedError):
    """Another open room or workspace has that name."""

    code = "name_taken"
    message = "That name is taken."
    status = 409


class NameInvalid(CodedError):
    """Empty or too long."""

    code = "name_invalid"
    message = "A name has 1 to 80 characters."


class TooManyMails(CodedError):
    """More people invited by mail than one person may within a day."""

    code = "too_many_mails"
    message = "You may invite 200 people by mail within 24 hours. Make a link for the others, or go on tomorrow."
    status = 429


class KeepInvalid(CodedError):
    """No number of days that messages may be kept."""

    code = "keep_invalid"
    message = "Messages are kept for 7 to 3,650 days, or for ever."


class NotConfirmed(CodedError):
    """Messages would be deleted for good: whoever asks for it is asked first."""

    code = "not_confirmed"
    message = "Messages would be deleted for good. Confirm that first."
    status = 409


class InvitationNotFound(CodedError):
    """No such token."""

    code = "invitation_not_found"
    message = "This invitation does not exist. Ask for a new link."
    status = 404


class InvitationRevoked(CodedError):
    """Somebody took it back."""

    code = "invitation_revoked"
    message = "This invitation was withdrawn. Ask for a new link."
    status = 410


class InvitationExpired(CodedError):
    """Its time is over."""

    code = "invitation_expired"
    message = "This invitation has expired. Ask for a new link."
    status = 410


class InvitationUsedUp(CodedError):
    """As many came as it lets in."""

    code = "invitation_used_up"
    message = "This invitation has been used as often as it may be. Ask for a new link."
    status = 410


class InvitationForSomeoneElse(CodedError):
    """It was mailed to another address."""

    code = "invitation_for_someone_else"
    message = "This invitation was sent to another e-mail address. Sign in with that one."
    status = 403


class LastOwner(CodedError):
    """A workspace always has an owner."""

    code = "last_owner"
    message = "A workspace needs an owner. Make someone else owner first."
    status = 409
