/*
 * One request, two workers, the wire, Atlas, and a person who makes an identical job by hand.
 *
 * Four base models: as it is; CALM (nobody is paused, but sessions are lost without a death); RETRY
 * (restore.on-unknown=retry, without the person, and two jobs are allowed); WRONG (the path names another cluster than the source: its list shows nothing).
 * Each NO_... leaves out one guard.
 */
#include "protocol.pml"

/* What -DREACH=... may ask for. */
#define ADOPTED 1
#define SENT_AGAIN 2
#define ENDED_UNKNOWN 3
#define LATE_REPLY 4
#define KNOWN_DEAD 5
#define FAILED_ABSENT 6
#define CLOSED_LATE 7
#define OVERTAKEN 8
#define PERSON_IN_THE_WAY 9
#define SENT_AFTER_ANSWER 10
#define LATE_JOB 11
#define REFUSED_AFTER_RISK 12

#define PERSON 2 /* jobs 0 and 1 are those of the two attempts */
#define NOBODY 2
#define SEVERAL 3
#define NO_JOB 4

/* ---- the ledger ---- */

byte outcome = NONE_YET;
byte n;               /* attempts written down */
byte st[2];
byte age[2];          /* since the intent */
byte room[2];         /* what is left of its window, late included */
bit sender[2];
byte unchanged;       /* since an attempt changed */
bool absent;          /* everything was ruled out by a look that began after settle ended */
byte holder = NOBODY; /* whose version is the row's; every other move is overtaken */
bool risked;          /* an abandoned attempt was sent again */

/* ---- the world ---- */

#define QUIET 0
#define OUT 1
#define OVER 2        /* the connection has ended */
byte wire[2];
byte left[2];         /* how long the call of an ended connection may still take effect */
bool handled[2];      /* Atlas is done with the call */
bool gone[2];         /* the session of the sender is not in the database any more */
bool gap[2];          /* the worker stands between its last check and its write */
byte looked[2];       /* since the look of this worker began */
bool crashed;

bool made[3];         /* jobs */
bool new[3];          /* since less than LAG: a list may miss it */
bool older[3];        /* made before the first attempt */
byte in[3];           /* in the windows of which attempts it was made: a mask */
byte standing;        /* how long the person's job has been there */
byte whose[2];        /* what is really left of the windows; as room, when no guard is missing */
bool told;            /* the ledger was told of a job */

#define undecided(i) (st[i] == OPEN || st[i] == CLOSED || st[i] == ABANDONED)
#define some(state) (st[0] == state || st[1] == state)
#define any_undecided (undecided(0) || undecided(1))

/* ---- guards, and what is left without them ---- */

/* Persisted instants are the database's. Without: the worker's, and the second's clock is ahead of the first's. */
#ifdef NO_DATABASE_CLOCK
bit changer;
#define settled_for(w) (unchanged + (w == 1 && changer == 0 -> SETTLE : 0))
#else
#define settled_for(w) unchanged
#endif

/* A sender is dead when its session is gone and send-within is over. */
#ifdef NO_DEAD_AFTER_BUDGET
#define dead(i) gone[i]
#else
#define dead(i) (gone[i] && age[i] > SEND_WITHIN)
#endif

/* A dead sender is told from a paused one by its session. Without: whose lease ran out is dead. */
#ifdef NO_SESSION
#define EXPIRED CLOSED
#else
#define EXPIRED ABANDONED
#endif

/* Only closed attempts are sent again. */
#if defined(NO_CLOSED_ONLY) || defined(RETRY)
#define repeatable true
#else
#define repeatable (!some(OPEN) && !some(ABANDONED))
#endif

/* Absent needs the source cluster proven right. */
#ifndef WRONG
#define listed(j) made[j]
#define proven true
#else
#define listed(j) false
#ifdef NO_SOURCE_PROVEN
#define proven true
#else
#define proven false
#endif
#endif

/* The send budget is checked when all else is there. Without: a call may wait for a connection after its check. */
#ifdef NO_LAST_CHECK
#define in_budget(i) true
#define hurries(w) false
#else
#define in_budget(i) (age[i] <= SEND_WITHIN)
#define hurries(w) gap[w]
#endif

/* A connection that ends is reset. Without: the kernel goes on sending what lies in the socket. */
#ifdef NO_RESET
#define may_take_effect(i) (!handled[i] && wire[i] != QUIET)
#else
#define may_take_effect(i) (!handled[i] && (wire[i] == OUT || (wire[i] == OVER && left[i] > 0)))
#endif

/* A window's end is in Atlas' time, as its start. Without: the database's, whose clock is ahead. */
#ifdef NO_MEASURED_END
#define AHEAD 3
#else
#define AHEAD 0
#endif

/* notBefore is what the sender measured. Without: the looker takes its own offset for the sender's, who was ahead. */
#ifdef NO_MEASURED_START
#define older_than_first (age[0] < LEASE)
#else
#define older_than_first (n == 0)
#endif

/* The last look begins after settle ended. Without: it ends after it. */
#ifdef NO_LAST_LOOK_AFTER
#define ruled_out(w) (settled_for(w) >= SETTLE)
#else
#define ruled_out(w) absent
#endif

/* A reply belongs to its attempt. Without: what was overtaken is thrown away. */
#ifdef NO_REPLY_BELONGS
#define taken_from(w, i) (undecided(i) && holder == w)
#else
#define taken_from(w, i) undecided(i)
#endif

/* A refusal settles the request when it is the newest attempt's: there may be a job of a newer one. */
#ifdef NO_NEWEST_DECIDES
#define decides(i) true
#else
#define decides(i) (i == n - 1)
#endif

/* ---- moves of the ledger, inside an atomic block ---- */

inline attempt_changes(w) {
#ifdef NO_DATABASE_CLOCK
    changer = w;
#endif
    unchanged = 0;
    absent = false
}

inline settle(o) {
    must_not(outcome != NONE_YET, outcomes);
    must_not(o == JOB_FAILED && (made[0] || made[1]), untrue);
    must_not(o != JOB_CREATED && told, forgotten);
    outcome = o;
#ifndef NO_VERSION_RAISED
    holder = NOBODY;
#endif
    /* Nothing below is asked for any more. */
    attempt_changes(0);
    d_step {
        room[0] = 0; room[1] = 0; whose[0] = 0; whose[1] = 0; in[0] = 0; in[1] = 0; in[PERSON] = 0;
        new[0] = false; new[1] = false; new[PERSON] = false; standing = 0
    }
}

/* The intent is durable before the first byte goes out. */
inline intend(w) {
    i = n;
    n++;
    st[i] = OPEN;
    age[i] = 0;
    room[i] = LEASE + LATE + 1 + AHEAD;
    whose[i] = LEASE + LATE + 1;
    sender[i] = w;
    holder = w;
#ifdef NO_OWN_WINDOWS
    older[0] = made[0];
    room[0] = (i == 1 -> 0 : room[0]);
    in[0] = 0;
#endif
    attempt_changes(w)
}

/* The window may end earlier than the lease, never later, whenever the end is told. */
inline end_window(w, i) {
#ifdef NO_WINDOW_CAP
    room[i] = LATE + 1;
#else
    room[i] = (room[i] < LATE + 1 + AHEAD -> room[i] : LATE + 1 + AHEAD);
#endif
    whose[i] = (whose[i] < LATE + 1 -> whose[i] : LATE + 1)
}

/* What a claim makes of an attempt without an answer. */
inline judge(w, i) {
    if
    :: (st[i] == OPEN || st[i] == ABANDONED) && dead(i) ->
        end_window(w, i);
#ifdef NO_SETTLE_ANEW
        if
        :: st[i] == OPEN -> attempt_changes(w)
        :: else
        fi;
#else
        attempt_changes(w);
#endif
        st[i] = CLOSED;
        reach(KNOWN_DEAD)
    :: st[i] == OPEN && age[i] >= LEASE ->
        st[i] = EXPIRED;
        attempt_changes(w)
    :: !(st[i] == OPEN && (dead(i) || age[i] >= LEASE)) -> skip
    fi
}
#define due(i) (st[i] != OPEN || dead(i) || age[i] >= LEASE)

/* What the matcher makes of one job of the list. */
inline match(j) {
    if
    :: listed(j) && new[j] -> skip
    :: listed(j) && !older[j] ->
        saw = saw || j != PERSON;
        if
        :: (undecided(0) && in[j] & 1) || (undecided(1) && in[j] & 2) ->
            ours = (ours == NO_JOB -> j : SEVERAL)
#ifdef NO_ELSEWHERE_IS_DOUBTFUL
        :: else
#else
        :: else ->
            doubt = true;
            if
            :: j == PERSON -> reach(PERSON_IN_THE_WAY)
            :: else
            fi
#endif
        fi
    :: listed(j) && !older[j] && j != PERSON -> /* it lacks a field */
#ifdef NO_MISSING_IS_DOUBTFUL
        skip
#else
        doubt = true
#endif
    :: listed(j) && older[j] -> saw = saw || j != PERSON
    :: !listed(j) -> skip
    fi
}

inline send_again(w) {
    must_not(saw, blind);
    must_not(made[PERSON] && !older[PERSON] && standing > SEND_WITHIN, wiped);
    must_not(told, forgotten);
    if
    :: n < 2 ->
        risked = risked || some(ABANDONED);
        intend(w);
        reach(SENT_AGAIN)
    :: else -> holder = NOBODY
    fi
}

inline fail() {
#ifndef NO_RISK_REMEMBERED
    if
    :: risked || some(ABANDONED) ->
        settle(OUTCOME_UNKNOWN);
        reach(REFUSED_AFTER_RISK)
    :: else -> settle(JOB_FAILED)
    fi
#else
    settle(JOB_FAILED)
#endif
}

/* An answer, or an end, is a fact about its attempt, whoever holds the row. */
inline take(w, i) {
    told = told || (hand == CREATED && outcome == NONE_YET);
    if
    :: !taken_from(w, i)
    :: taken_from(w, i) ->
        if
        :: hand != CLOSED && st[i] != OPEN && outcome == NONE_YET -> reach(LATE_REPLY)
        :: hand == CLOSED && st[i] == ABANDONED -> reach(CLOSED_LATE)
        :: else
        fi;
#ifdef NO_SETTLE_ANEW
        if
        :: hand != CLOSED || st[i] != ABANDONED -> attempt_changes(w)
        :: else
        fi;
#else
        attempt_changes(w);
#endif
        st[i] = hand;
        if
        :: hand == CLOSED -> end_window(w, i)
        :: else -> room[i] = 0; whose[i] = 0
        fi;
#ifndef NO_VERSION_RAISED
        holder = NOBODY;
#endif
        if
        :: outcome == NONE_YET && hand == CREATED ->
            must_not(!made[i], untrue);
            settle(JOB_CREATED)
        :: outcome == NONE_YET && hand == NOTHING -> /* not now */
            skip
        :: outcome == NONE_YET && hand == NOTHING && decides(i) -> /* refused */
            fail()
        :: outcome != NONE_YET || hand == CLOSED
        fi
    fi
}

/* Its sessions end, and its connections, though the kernel may go on sending for a while. */
inline crash(w) {
    crashed = true;
    gap[w] = false;
    die(w, 0);
    die(w, 1)
}

inline die(w, i) {
    if
    :: i < n && sender[i] == w ->
        gone[i] = true;
        if
        :: wire[i] == OUT -> hang_up(i, TIMEOUT + LATE + 1)
        :: else
        fi
    :: else
    fi
}

inline hang_up(i, for_ticks) {
    wire[i] = OVER;
    left[i] = (handled[i] -> 0 : for_ticks)
}

#define busy (outcome == NONE_YET)

inline forget_look(w) {
    looked[w] = 0;
    ripe = false;
    ours = NO_JOB;
    doubt = false;
    saw = false
}

inline forget(w) {
    forget_look(w);
    i = 0;
    hand = 0
}

proctype Worker(bit w) {
    byte i = 0;
    bool ripe = false; /* its look began after settle ended */
    byte ours = NO_JOB;
    bool doubt = false;
    bool saw = false;
    byte hand = 0;

end_idle:
    if
#ifdef NO_INTENT_FIRST
    :: atomic { busy && n == 0 && wire[w] == QUIET && (w == 0 || crashed) -> i = w; wire[w] = OUT; goto sent }
#else
    :: atomic { w == 0 && n == 0 -> intend(w); goto sending }
#endif
    :: atomic { busy && any_undecided && due(0) && (n < 2 || due(1)) ->
            judge(w, 0);
            judge(w, 1);
            holder = w;
            ripe = (settled_for(w) >= SETTLE);
            match(0);
            match(1);
            match(PERSON);
            goto looked_at }
    :: atomic { busy && n > 0 && !any_undecided && n < 2 -> intend(w); reach(SENT_AFTER_ANSWER); goto sending }
    :: atomic { busy && n > 0 && !any_undecided -> fail(); goto end_idle }
#ifdef NO_FRESH_LOOK
    :: atomic { busy && any_undecided && absent && repeatable && proven -> send_again(w);
            if
            :: holder == w -> goto sending
            :: else -> goto end_idle
            fi }
#endif
    fi;

looked_at:
    if
    :: atomic { !crashed -> crash(w); forget(w); goto end_idle }
    :: atomic { holder != w -> reach(OVERTAKEN); forget(w); goto end_idle }
    :: atomic { holder == w && ours < SEVERAL ->
            must_not(ours == PERSON, untrue);
            settle(JOB_CREATED);
            reach(ADOPTED);
            forget(w);
            goto end_idle }
    :: atomic { holder == w && ours >= SEVERAL && (doubt || ours == SEVERAL) ->
            absent = false;
            holder = NOBODY;
            forget(w);
            goto end_idle }
    :: atomic { holder == w && ours >= SEVERAL && (doubt || ours == SEVERAL) ->
            settle(OUTCOME_UNKNOWN);
            forget(w);
            goto end_idle }
    :: atomic { holder == w && ours == NO_JOB && !doubt ->
            if
#ifndef NO_FRESH_LOOK
            :: ruled_out(w) && repeatable && proven && looked[w] <= SEND_WITHIN ->
                send_again(w);
                if
                :: holder == w -> forget_look(w); goto sending
                :: else
                fi
#endif
            :: ruled_out(w) && repeatable && proven -> reach(FAILED_ABSENT); fail()
            :: some(ABANDONED) || !proven -> settle(OUTCOME_UNKNOWN); reach(ENDED_UNKNOWN)
            :: !absent -> absent = ripe; holder = NOBODY
            fi;
            forget(w);
            goto end_idle }
    fi;

sending:
    /* Permit and connection are there: the last check, then head and body in one write. */
    if
    :: atomic { in_budget(i) -> gap[w] = true }
    :: atomic { !in_budget(i) -> hand = NOTHING; goto answered }
    :: atomic { !crashed -> crash(w); forget(w); goto end_idle }
    fi;
    if
    :: atomic { true -> wire[i] = OUT; gap[w] = false }
    :: atomic { !crashed -> crash(w); forget(w); goto end_idle }
    fi;

sent:
    if
    :: atomic { handled[i] -> wire[i] = OVER; hand = (made[i] -> CREATED : NOTHING) }
    :: atomic { true -> hang_up(i, LATE + 1); hand = CLOSED } /* by either side */
    :: atomic { !crashed -> crash(w); forget(w); goto end_idle }
    fi;
#ifdef NO_PROOF
    /* What is unknown is tried again at once. */
    if
    :: atomic { hand == CLOSED && n < 2 && holder == w -> intend(w); hand = 0; goto sending }
    :: else
    fi;
#endif

answered:
    if
    :: atomic { true -> take(w, i); forget(w); goto end_idle }
    :: atomic { !crashed -> crash(w); forget(w); goto end_idle }
    fi
}

inline appear(j) {
    made[j] = true;
    new[j] = true;
    older[j] = older_than_first;
    in[j] = (room[0] > 0 -> 1 : 0) + (room[1] > 0 -> 2 : 0)
}

inline take_effect(i) {
    handled[i] = true;
    if
    :: wire[i] == OVER -> reach(LATE_JOB)
    :: else
    fi;
    appear(i);
    must_not(outcome == JOB_FAILED, untrue);
#ifndef RETRY
    must_not(made[0] && made[1], twice)
#endif
}

proctype Atlas() {
end_atlas:
    do
    :: atomic { may_take_effect(0) -> take_effect(0) }
    :: atomic { may_take_effect(1) -> take_effect(1) }
    :: atomic { wire[0] == OUT && !handled[0] -> handled[0] = true } /* it says no */
    :: atomic { wire[1] == OUT && !handled[1] -> handled[1] = true }
    od
}

#ifdef NO_WINDOW_END
#define count_down_window(i) skip
#else
#define count_down_window(i) count_down(room[i])
#endif

#ifdef NO_RESET
#define left_for_good(i) false
#else
#define left_for_good(i) (wire[i] == OVER && left[i] == 0)
#endif

inline tick_attempt(i) {
    count_up(age[i], LEASE);
    count_down_window(i);
    count_down(whose[i]);
    count_down(left[i]);
    handled[i] = handled[i] || left_for_good(i);
    count_up(looked[i], 2);
    new[i] = false
}

/* Who is not paused writes at once after the check, and ends an exchange in time. */
#define overdue(i) (wire[i] == OUT && age[i] >= SEND_WITHIN + TIMEOUT)
#ifdef CALM
#define may_tick (busy && !hurries(0) && !hurries(1) && !overdue(0) && !overdue(1))
#else
#define may_tick busy
#endif

#if defined(RETRY) || defined(ALONE)
#define stays_out false
#elif defined(PERSON_ANYTIME)
#define stays_out true
#else
#define stays_out (whose[0] == 0 && whose[1] == 0) /* outside of all windows */
#endif

proctype World() {
end_world:
    do
    :: d_step { may_tick ->
            tick_attempt(0);
            tick_attempt(1);
            count_up(unchanged, SETTLE);
            new[PERSON] = false;
            standing = (made[PERSON] && standing < 2 -> standing + 1 : standing) }
    :: atomic { busy && !made[PERSON] && stays_out -> appear(PERSON) }
#if defined(CALM) || defined(NO_SAME_SERVER)
    :: atomic { n > 0 && !gone[0] && undecided(0) -> gone[0] = true }
#endif
    od
}

init {
    atomic {
        run Worker(0);
        run Worker(1);
        run Atlas();
        run World()
    }
}
