"""What accounts refuse, each with its code and words a person can act on."""

from collab.live.errors import CodedError


class SessionNotFound(CodedError):
    """No such session, or another person's: the two look alike."""

    code = "session_not_found"
    message = "You are not signed in there any more."
    status = 404


class EmailTaken(CodedError):
    """Somebody signed up with this address a moment before."""

    code = "email_taken"
    message = "There is an account with this address already. Sign in with it."
    status = 409
