"""What counts as slow, as failed, as lost: every threshold of the status page, once, with its reason."""

from datetime import timedelta

#: Seconds within which a beat must be accepted and delivered to count as available. So long does the site itself let
#: anybody wait for its database before it says "try again" (`collab.live.database.WITHIN`).
IN_TIME = 10.0
#: Milliseconds. A minute is slow whose median is over this: beyond a second a person's flow of thought is interrupted
#: (Miller 1968; Nielsen, "Usability Engineering", 1993). The median, so that one hiccup makes no slow minute.
SLOW = 1_000
#: Seconds that the listener was there, all caught up, and an accepted beat did not come: it is lost. Whatever a node
#: did not hear it finds in the log within 30 s (`collab.live`); after twice that nothing will bring it.
LOST_AFTER = 60.0
#: Share of a minute's beats that failed, from which the minute counts as down and not only as unsteady.
MOSTLY = 0.5
#: Beats from which a minute that is not over yet can be judged: one that failed alone says little.
ENOUGH = 3
#: So old may the newest measurement be; after that nobody knows how the site is now.
STALE_AFTER = timedelta(seconds=150)
#: Two troubled times so close to each other are one incident.
CLOSE_TOGETHER = timedelta(minutes=3)
#: What "now" is made of.
LATELY = timedelta(minutes=5)

#: One column of the plot of a day.
SLOT = timedelta(minutes=10)
#: Days that are shown, and days for which rows are kept.
DAYS = 30
KEPT = timedelta(days=35)
#: Availability of a day from which it is drawn as good, and as fair; below that it is poor.
GOOD, FAIR = 0.999, 0.99
#: Incidents that are listed.
MOST_LISTED = 20
