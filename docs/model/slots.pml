/*
 * Three downloads of one project, two of them of one snapshot: who holds a slot, who sleeps until he is given one, and
 * what a cancel does to them.
 *
 * Atlas makes whatever it is asked to make: it counts nothing, and says "no room" whenever it likes (for the downloads
 * of others). A snapshot is downloaded once at a time; the project has room for two, or with ONE_SLOT for one. With
 * RETRY (restore.on-unknown=retry) an abandoned attempt is sent again; its sender wakes up while the request has no job.
 *
 * Whose turn it is in the queue is left open: any that could have the slot may be given it. A worker may die or stand
 * still after each step of its own; so may each sender and its call. Each NO_... leaves out one guard.
 */
#include "protocol.pml"

/* What -DREACH=... may ask for. */
#define TWO_LIVE 1
#define HANDED_OVER 2
#define PASSED_BY 3
#define OVERTAKEN_BY_GRANT 4
#define WOKEN_EARLY 5
#define KNOCKED_IN_VAIN 6
#define MISSED_BY_A_LIST 7
#define HELD_WHILE_UNKNOWN 8
#define CANCELLED_FIRST 9
#define CANCELLED_WAITING 10
#define CANCELLED_WHILE_SENT 11
#define CANCELLED_AT_ATLAS 12
#define CANCELLED_TOO_LATE 13
#define KEPT_IN_DOUBT 14

#ifdef ONE_SLOT
#define LIMIT 1
#else
#define LIMIT 2
#endif

/* ---- the ledger ---- */

/* Stages. */
#define UNKNOWN_ID 0
#define WAITING 1
#define SUBMITTING 2
#define FOLLOWED 3     /* told as OUTCOME_UNKNOWN */
#define TRACKED 4
#define ENDED 5        /* it holds nothing any more: its row is gone */
#define FAILED 6       /* only of a move: it ends as job-failed (other than OUTCOME_UNKNOWN) */
byte stage[3];

bool slot[3];
byte attempt[3];       /* the newest, as in protocol.pml */
bool earlier[3];       /* one before it is undecided, too */

/* What a waiting one waits for. */
#define SLOT 1
#define SNAPSHOT 2
#define OTHER 3
byte waits[3];
bool tried[3];         /* Atlas put it off */
bool deferred[3];      /* it had to wait once */

/* When it is due. */
#define ASLEEP 0       /* at the end of its patience, which is left out */
#define LATER 1        /* by a timer, and others wait for it until then */
#define DUE 2          /* or will be at some time: that nobody is there to claim it yet makes no difference */
#define CLAIMED 3      /* as DUE, and others wait for it */
byte rest[3];
byte roomless[3];      /* its worker was told to wait for this, and the version is still the row's */

bool cancel[3];        /* the row that says so */

/* ---- the world ---- */

#define QUIET 0
#define UNDER_WAY 1    /* its sender stands somewhere between the intent and the answer */
#define DANGLING 2     /* its connection ended, and it may still take effect */
#define LOST 3         /* it will not any more, and nobody has its answer */
#define CREATED_ONE 4  /* the answer is on its way; one that made no job may as well be given when it comes */
byte call[3];
bool wakes[3];         /* the sender of an earlier attempt may still write */

#define NO_JOB 0
#define RUNNING 1
#define READY 2        /* or its link is over, and an interrupted transfer lives on */
#define GONE 3
byte job[3];
bool new[3];           /* a list may miss it */

bool stopped[3];       /* somebody asked to have it cancelled; one of the three in a run */
bool none[3];          /* job-failed (other than OUTCOME_UNKNOWN) was told */

#define live(r) (job[r] == RUNNING || job[r] == READY)
#define undecided(r) (attempt[r] == OPEN || attempt[r] == CLOSED || attempt[r] == ABANDONED)
#define same(r, q) ((r) / 2 == (q) / 2)

/* ---- room, as the statement counts it ---- */

#define held (slot[0] + slot[1] + slot[2])
#define held_of(r) (same(r, 0) -> slot[0] + slot[1] : slot[2])

/* Put off by Atlas, and not asking again yet, or at it: the others wait for what comes of it. */
#define knocks(q, why) (stage[q] == WAITING && !slot[q] && tried[q] && waits[q] == why && (rest[q] == LATER || rest[q] == CLAIMED))
#define another(r, q) ((r) != (q))
#define in_the_way(r, q) (another(r, q) && (knocks(q, SLOT) || (same(r, q) && knocks(q, SNAPSHOT))))

#define snapshot_busy(r) (held_of(r) > 0 || (another(r, 0) && same(r, 0) && knocks(0, SNAPSHOT)) || (another(r, 1) && same(r, 1) && knocks(1, SNAPSHOT)) || (another(r, 2) && same(r, 2) && knocks(2, SNAPSHOT)))
#define room(r) (held < LIMIT && held_of(r) == 0 && !in_the_way(r, 0) && !in_the_way(r, 1) && !in_the_way(r, 2))

/* Who could be given what is free, were it not for those whom Atlas put off for the project. */
#define fits(r) (held < LIMIT && !snapshot_busy(r) && stage[r] == WAITING && !slot[r] && waits[r] != OTHER && !knocks(r, SNAPSHOT))
/* Who sleeps, or has come back, and could be given what is free. */
#define grantable(r) (fits(r) && room(r) && !knocks(r, SLOT))

/* ---- guards, and what is left without them ---- */

/* What came of an attempt gives the slot up when no other is undecided. */
#ifdef NO_UNDECIDED_HOLDS
#define doubted(r) false
#else
#define doubted(r) earlier[r]
#endif

/* The lock of the project is held before slots are counted. Without: they are counted when the wait for it begins. */
#ifdef NO_COUNT_AFTER_LOCK
byte counted[3];
#define counts(r) (counted[r] == 0)
#define counted_room(r) (counted[r] == 2)
#else
#define counts(r) false
#define counted_room(r) room(r)
#endif

/* A request is opened and cancelled under one lock. Without: whoever opens it has read before that nobody cancelled it. */
#ifdef NO_CANCEL_LOCKED
byte looked[3];
#define looks_first(r) (looked[r] == 0)
#define cancel_read(r) (looked[r] == 2)
#else
#define looks_first(r) false
#define cancel_read(r) cancel[r]
#endif

/* A cancel raises the version of what waits. Without: a worker goes by what it read. */
#ifdef NO_CANCEL_RAISES
bool uncancelled[3];
#define is_cancelled(r) (cancel[r] && !uncancelled[r])
#else
#define is_cancelled(r) cancel[r]
#endif

/* Silence ends what is unknown after look-for. */
#ifdef PAUSED_LONGER
#define silent(r) (call[r] == LOST || call[r] == UNDER_WAY)
#else
#define silent(r) (call[r] == LOST && !wakes[r])
#endif

/* ---- moves ---- */

/* Each move raises the version. */
inline overtake(r) {
#ifdef NO_COUNT_AFTER_LOCK
    counted[r] = 0;
#endif
#ifdef NO_CANCEL_RAISES
    uncancelled[r] = false;
#endif
    roomless[r] = 0
}

/* 0 and 1 are alike: 0 comes first. */
#define to_open(r) (stage[r] == UNKNOWN_ID && (r != 1 || stage[0] != UNKNOWN_ID))
#define due(r) (stage[r] == WAITING && (rest[r] == DUE || rest[r] == CLAIMED))
/* The others wait for it again. Whose worker died, or stands still for long, is claimed again by another. */
#define to_claim(r) (stage[r] == WAITING && tried[r] && !slot[r] && waits[r] != OTHER && rest[r] == DUE)
#define stirring(q) (stage[q] == SUBMITTING || (stage[q] == WAITING && rest[q] != ASLEEP))
/* Nobody sleeps who could have a slot, unless one is awake who will tell; nor does one that has a slot, or is cancelled. */
#define sleeps(r) (stage[r] == WAITING && rest[r] == ASLEEP)
#define anybody_stirs (stirring(0) || stirring(1) || stirring(2))
#define forgotten(r) (sleeps(r) && (slot[r] || cancel[r] || (room(r) && !anybody_stirs)))

active proctype Onlooker() {
end_onlooker:
    do
    :: atomic { true -> must_not(forgotten(0) || forgotten(1) || forgotten(2), asleep) }
    od
}

inline give(r) {
    if
    :: knocks(r, SLOT) -> reach(WOKEN_EARLY)
    :: else
    fi;
    slot[r] = true;
    rest[r] = DUE;
    if
    :: roomless[r] != 0 -> reach(OVERTAKEN_BY_GRANT)
    :: else
    fi;
#ifndef NO_GRANT_RAISES
    overtake(r);
#endif
    reach(HANDED_OVER)
}

/*
 * Whoever gives up a slot, or sees that there is room again, gives it away in the same transaction: to one, whoever was
 * put off, if it saw that Atlas has room.
 */
inline grant() {
#ifndef NO_HAND_OVER
    if
    :: sees && fits(0) -> give(0)
    :: sees && fits(1) -> give(1)
    :: sees && fits(2) -> give(2)
    :: else
    fi;
    do
    :: grantable(0) -> give(0)
    :: grantable(1) -> give(1)
    :: grantable(2) -> give(2)
    :: else -> break
    od
#else
    skip
#endif
}

inline wait_for(r, what, until) {
    stage[r] = WAITING;
    waits[r] = what;
    deferred[r] = true;
    rest[r] = (cancel[r] && until == LATER -> DUE : until); /* what is cancelled waits for nothing */
    overtake(r)
}

inline begin(r) {
    must_not(stopped[r], unstopped);
    slot[r] = true;
    stage[r] = SUBMITTING;
#ifdef RETRY
    earlier[r] = undecided(r);
    wakes[r] = wakes[r] || attempt[r] == ABANDONED;
#endif
    attempt[r] = OPEN;
    call[r] = UNDER_WAY;
    waits[r] = 0;
    tried[r] = false;
    rest[r] = ASLEEP;
    overtake(r)
}

inline end(r, no_job) {
    must_not(no_job && job[r] != NO_JOB, untrue);
    stage[r] = ENDED;
    slot[r] = false;
    /* What its attempts become is asked for no more, nor what became of its job. */
    call[r] = (call[r] == UNDER_WAY || call[r] == DANGLING -> call[r] : QUIET);
    none[r] = no_job && call[r] != QUIET;
    job[r] = (job[r] == GONE -> NO_JOB : job[r]);
    cancel[r] = false;
    stopped[r] = false;
    attempt[r] = UNBORN;
    earlier[r] = false;
    waits[r] = 0;
    tried[r] = false;
    deferred[r] = false;
    rest[r] = ASLEEP;
    overtake(r);
    new[r] = false;
    gives = true
}

/* job-failed, unless a silent attempt was sent again: then its outcome is unknown. */
#define failed(r) (wakes[r] || earlier[r] -> FOLLOWED : FAILED)

/* Others may have waited for what Atlas would say to it. */
inline tell(r) {
#ifndef NO_BEGUN_TELLS
    gives = gives || deferred[r];
#endif
    sees = (stage[r] == TRACKED && deferred[r]);
    deferred[r] = false
}

inline follow(r) {
    stage[r] = FOLLOWED;
    attempt[r] = (undecided(r) -> attempt[r] : ABANDONED);
    call[r] = (call[r] == QUIET -> LOST : call[r]);
    earlier[r] = false;
    waits[r] = 0;
    tried[r] = false;
    rest[r] = ASLEEP;
    overtake(r);
#ifdef NO_UNKNOWN_HOLDS
    slot[r] = false;
#endif
#ifndef NO_UNKNOWN_TELLS
    tell(r)
#endif
}

inline track(r) {
    stage[r] = TRACKED;
    attempt[r] = UNBORN;
    call[r] = (call[r] == UNDER_WAY || call[r] == DANGLING -> call[r] : QUIET);
    earlier[r] = false;
    waits[r] = 0;
    tried[r] = false;
    rest[r] = ASLEEP;
    overtake(r);
    tell(r)
}

inline put_off(r) {
    if
    :: stage[r] == FOLLOWED -> /* that attempt made no job; if another is in doubt, nothing changes */
        call[r] = LOST;
        if
        :: !wakes[r] && job[r] == NO_JOB -> becomes = ENDED
        :: else
        fi
#ifdef RETRY
    :: stage[r] != FOLLOWED && doubted(r) ->
        attempt[r] = ABANDONED;
        earlier[r] = false;
        tried[r] = true;
        wait_for(r, OTHER, DUE);
        reach(KEPT_IN_DOUBT)
#endif
    :: stage[r] != FOLLOWED && !doubted(r) ->
        attempt[r] = UNBORN;
        earlier[r] = false;
        slot[r] = false;
        tried[r] = true;
        if
        :: wait_for(r, SLOT, LATER)
        :: wait_for(r, SNAPSHOT, LATER)
        fi;
        gives = true
    fi
}

/* ---- the workers: what comes, and what is due ---- */

inline open(r) {
    if
    :: cancel_read(r) -> becomes = FAILED; reach(CANCELLED_FIRST)
    :: !cancel_read(r) && counted_room(r) ->
        if
        :: r == 2 && (sleeps(0) || sleeps(1)) -> reach(PASSED_BY)
        :: else
        fi;
        begin(r)
    :: !cancel_read(r) && !counted_room(r) ->
        if
        :: snapshot_busy(r) -> wait_for(r, SNAPSHOT, ASLEEP)
        :: !snapshot_busy(r) -> wait_for(r, SLOT, ASLEEP)
        fi
    fi
}

/* A claimed entry is begun, if there is room and nobody overtakes; if there is none, a second move says what becomes of it. */
inline advance(r) {
    if
    :: is_cancelled(r) -> becomes = FAILED; reach(CANCELLED_WAITING)
    :: !is_cancelled(r) && (slot[r] || counted_room(r)) -> begin(r)
    :: !is_cancelled(r) && !slot[r] && !counted_room(r) ->
        if
        :: snapshot_busy(r) -> roomless[r] = SNAPSHOT
        :: !snapshot_busy(r) -> roomless[r] = SLOT
        fi
    :: !is_cancelled(r) && waits[r] != OTHER -> tried[r] = true; wait_for(r, OTHER, DUE) /* sending is paused, say */
    fi
}

/* It goes to sleep, and gives away what became free meanwhile. */
inline sleep(r) {
    reach(KNOCKED_IN_VAIN);
    tried[r] = false;
#ifndef NO_SLEEPER_LETS_GO
    slot[r] = false;
#endif
    wait_for(r, roomless[r], ASLEEP);
#ifndef NO_SLEEPER_TELLS
    gives = true
#endif
}

/* ---- a call, its answer, and what a look makes of the want of one ---- */

/* A second job of one request is what RETRY gives up, so it is left out there. */
#ifdef RETRY
#define may_make(r) (job[r] == NO_JOB && stage[r] != ENDED)
#else
#define may_make(r) true
#endif

inline make(r) {
    job[r] = RUNNING;
    new[r] = true;
    must_not(none[r], untrue);
    must_not(live(0) + live(1) + live(2) > LIMIT || (live(0) && live(1)), crowded);
    if
    :: live(0) + live(1) + live(2) == 2 -> reach(TWO_LIVE)
    :: else
    fi
}

inline refused(r) {
    if
    :: stage[r] == FOLLOWED ->
        call[r] = LOST;
        if
        :: !wakes[r] && job[r] == NO_JOB -> becomes = ENDED
        :: else
        fi
    :: stage[r] != FOLLOWED -> call[r] = QUIET; attempt[r] = UNBORN; becomes = failed(r)
    fi
}

inline looked_for(r) {
    if
    :: job[r] != NO_JOB -> becomes = TRACKED /* found */
    :: (job[r] == NO_JOB || new[r]) && attempt[r] == ABANDONED && stage[r] == SUBMITTING ->
#ifdef RETRY
        if
        :: !wakes[r] && !cancel[r] -> wait_for(r, OTHER, DUE)
        :: becomes = FOLLOWED; reach(HELD_WHILE_UNKNOWN)
        fi
#else
        becomes = FOLLOWED;
        reach(HELD_WHILE_UNKNOWN)
#endif
    :: job[r] == NO_JOB && attempt[r] == CLOSED && call[r] == LOST && stage[r] == SUBMITTING -> /* absent is proven */
        if
        :: !cancel[r] && !wakes[r] ->
#ifndef RETRY
            attempt[r] = UNBORN;
            call[r] = QUIET;
#endif
            wait_for(r, OTHER, DUE)
        :: cancel[r] -> becomes = FAILED; reach(CANCELLED_WHILE_SENT)
        :: !cancel[r] -> becomes = failed(r)
        fi
    :: job[r] == NO_JOB && stage[r] == FOLLOWED && silent(r) -> becomes = ENDED
    fi
}
#define to_look(r) ((stage[r] == SUBMITTING || stage[r] == FOLLOWED) && (attempt[r] == CLOSED || attempt[r] == ABANDONED) && (job[r] != NO_JOB || (attempt[r] == ABANDONED && stage[r] == SUBMITTING) || (attempt[r] == CLOSED && call[r] == LOST && stage[r] == SUBMITTING) || (stage[r] == FOLLOWED && silent(r))))

proctype Request(byte r) {
    byte becomes = 0; /* what the move makes of it */
    bool gives = false; /* a slot is free */
    bool sees = false;  /* and Atlas has room */

end_request:
    do
#ifdef NO_COUNT_AFTER_LOCK
    :: atomic { (to_open(r) || due(r)) && counts(r) -> counted[r] = (room(r) -> 2 : 1) }
#endif
#ifdef NO_CANCEL_LOCKED
    :: atomic { to_open(r) && looks_first(r) -> looked[r] = (cancel[r] -> 2 : 1) }
#endif
#ifdef NO_CANCEL_RAISES
    :: atomic { due(r) && !cancel[r] && !uncancelled[r] -> uncancelled[r] = true }
#endif
    :: atomic { to_open(r) && !counts(r) && !looks_first(r) -> open(r); goto moved }
    :: atomic { to_claim(r) -> rest[r] = CLAIMED; overtake(r) }
    :: atomic { due(r) && !to_claim(r) && roomless[r] == 0 && !counts(r) -> advance(r); goto moved }
    :: atomic { roomless[r] != 0 && due(r) -> sleep(r); goto moved }
    /* Its worker dies, or stands still: it is claimed again. */
    :: atomic { roomless[r] != 0 && due(r) -> roomless[r] = 0 }
    :: atomic { stage[r] == WAITING && rest[r] == CLAIMED -> rest[r] = DUE }
    :: atomic { call[r] == UNDER_WAY && may_make(r) -> make(r); call[r] = CREATED_ONE }
    :: atomic { call[r] == DANGLING && may_make(r) -> make(r); call[r] = LOST }
    :: atomic { call[r] == UNDER_WAY -> call[r] = DANGLING }
    :: atomic { call[r] == DANGLING || call[r] == CREATED_ONE -> call[r] = LOST }
    :: atomic { call[r] == CREATED_ONE && undecided(r) -> becomes = TRACKED; goto moved }
    :: atomic { call[r] == UNDER_WAY && undecided(r) ->
            if
            :: refused(r)
            :: call[r] = QUIET; put_off(r)
            fi;
            goto moved }
    /* The ledger is told of its end, or its lease runs out and nobody knows. */
    :: atomic { (call[r] == LOST || call[r] == DANGLING) && (attempt[r] == OPEN || attempt[r] == ABANDONED) && stage[r] != WAITING -> attempt[r] = CLOSED }
    :: atomic { attempt[r] == OPEN && call[r] == UNDER_WAY -> attempt[r] = ABANDONED }
    :: atomic { to_look(r) -> looked_for(r); goto moved }
#ifdef RETRY
    :: atomic { wakes[r] && may_make(r) -> wakes[r] = false; make(r) }
    :: atomic { wakes[r] && !may_make(r) -> wakes[r] = false }
#endif
    :: atomic { stage[r] == WAITING && rest[r] == LATER -> rest[r] = DUE }
    /* The job goes on. */
    :: atomic { job[r] == RUNNING -> job[r] = READY; new[r] = false }
    :: atomic { live(r) -> job[r] = GONE; new[r] = false }
    /* A list of the jobs that are tracked. */
    :: atomic { stage[r] == TRACKED && job[r] == GONE -> becomes = ENDED; sees = true; goto moved }
    :: atomic { stage[r] == TRACKED && new[r] -> /* it misses it, once: more are needed to believe it */
            new[r] = false;
            reach(MISSED_BY_A_LIST);
#ifdef NO_ENOUGH_LISTS
            becomes = ENDED;
#endif
            goto moved }
#ifdef NO_READY_HOLDS
    :: atomic { stage[r] == TRACKED && job[r] == READY && slot[r] -> slot[r] = false; gives = true; goto moved }
#endif
#ifdef NO_HOUR_MORE
    :: atomic { stage[r] == TRACKED && job[r] == READY -> becomes = ENDED; goto moved } /* by our clock, at its link's end */
#endif
    /* It is to be cancelled: Atlas is told with each list, and the list says when it is over. */
    :: atomic { stage[r] == TRACKED && cancel[r] && live(r) ->
#ifdef NO_CANCEL_SEEN
            becomes = ENDED;
#else
            job[r] = GONE;
#endif
            reach(CANCELLED_AT_ATLAS);
            goto moved }
    od;

    atomic { /* the same transaction */
        false;
moved:
        if
        :: becomes == FOLLOWED -> follow(r)
        :: becomes == TRACKED -> track(r)
        :: becomes == ENDED || becomes == FAILED -> end(r, becomes == FAILED)
        :: else
        fi;
        if
        :: gives -> grant()
        :: else
        fi;
        becomes = 0;
        gives = false;
        sees = false;
        goto end_request
    }
}

/* ---- somebody who has a request cancelled ---- */

inline have_cancelled(r) {
    stopped[r] = true;
#ifdef NO_CANCEL_KEPT
    cancel[r] = (stage[r] != UNKNOWN_ID);
#else
    cancel[r] = true;
#endif
    if
    :: stage[r] == WAITING ->
#ifndef NO_CANCEL_RAISES
        overtake(r);
#endif
#ifndef NO_CANCEL_WAKES
        rest[r] = DUE
#endif
#ifdef NO_CANCEL_SPARES_SENT
    :: stage[r] == SUBMITTING -> end(r, true); grant()
#endif
    :: stage[r] == ENDED -> cancel[r] = false; stopped[r] = false; reach(CANCELLED_TOO_LATE)
    :: else
    fi
}

proctype Canceller() {
    byte r;
#ifdef NO_CANCEL_SPARES_SENT
    bool gives;
    bool sees;
#endif

end_canceller:
    atomic {
        if
        :: r = 0
        :: r = 1
        :: r = 2
        fi;
        have_cancelled(r);
        r = 0
    }
}

init {
    atomic {
        run Request(0);
        run Request(1);
        run Request(2);
#ifndef RETRY
        run Canceller()
#endif
    }
}
