/*
 * Two requests of equal content: whose job is whose, and which of them may be sent at all.
 *
 * Each has one attempt, a sender and a looker that may both be paused. The second may say allowRepeat. A list may miss
 * any job at any time, so absent is left out: what follows from it (a repeat, job-failed) is in sending.pml, and for
 * the other request it is no different from a refusal.
 */
#include "protocol.pml"

/* What -DREACH=... may ask for. */
#define ADOPTED 1
#define REFUSED_REPEAT 2
#define BOTH_CREATED 3
#define IN_TWO_WINDOWS 4
#define NAMED_BY_OTHER 5
#define ENDED_UNKNOWN 7
#define OPEN_ENDED 6

#define SEVERAL 2
#define NO_JOB 3
#define other(r) (1 - r)

/* ---- the ledger ---- */

byte outcome[2];
byte st[2];
byte room[2];          /* what is left of its window, late included, if it is not closed earlier */
#define in_budget(r) (room[r] >= LEASE + LATE + 1 - SEND_WITHIN)
#define lease_over(r) (room[r] <= LATE + 1)
byte tail[2];          /* what is left of late after it was closed */
bit overtaken[2];      /* the looker's version is not the row's any more */
byte name[2] = NO_JOB; /* the job that the entry names */
bool allowed[2];       /* the request says allowRepeat */

/* ---- the world ---- */

#define QUIET 0
#define OUT 1
#define OVER 2
byte wire[2];
byte left[2];
bool handled[2];

bool made[2];
byte after[2];         /* the attempts that had begun when the job was made: a mask */
byte in[2];            /* those in whose own window it was made: the job may be adopted */
byte near[2];          /* those which may have made it, however late: nobody else may adopt it */
bool second[2];        /* was opened while or after the other was dealt with */

#define undecided(r) (st[r] == OPEN || st[r] == CLOSED || st[r] == ABANDONED)
#define bit_of(r) (r + 1)
#define unknown_yet(r) (outcome[r] == NONE_YET && undecided(r))

/* ---- guards, and what is left without them ---- */

/* An outcome that stays unknown keeps its window. Without: only entries without an outcome have one. */
#ifdef NO_UNKNOWN_KEEPS_WINDOW
#define may_own(r) unknown_yet(r)
#else
#define may_own(r) (unknown_yet(r) || outcome[r] == OUTCOME_UNKNOWN)
#endif

/* For others, an attempt's window ends late after it is closed, and not before: until then its sender may write. */
#ifdef NO_OPEN_END
#define claims(r, j) (may_own(r) && (in[j] & bit_of(r)))
#else
#define claims(r, j) (may_own(r) && (near[j] & bit_of(r)))
#endif

/* A job in two windows is doubtful. */
#ifdef NO_TWO_WINDOWS
#define others(r, j) false
#else
#define others(r, j) claims(other(r), j)
#endif

/* A job that another entry names is ruled out. */
#ifdef NO_NAMED
#define names(r, j) false
#else
#define names(r, j) (name[other(r)] == j)
#endif

/* What other entries may own is read after the list. Without: before. */
#ifdef NO_ASKED_AFTER_LIST
#define belongs_elsewhere(r, j) (before & (1 << j))
#else
#define belongs_elsewhere(r, j) others(r, j)
#endif

/* An unknown outcome counts as a repeat's first. */
#ifdef NO_UNKNOWN_HOLDS
#define holds(r) unknown_yet(r)
#else
#define holds(r) (unknown_yet(r) || outcome[r] == OUTCOME_UNKNOWN)
#endif
#ifdef NO_REPEATED
#define repeats(r) false
#else
#define repeats(r) (holds(other(r)) && !allowed[r])
#endif

/* ---- moves ---- */

inline settle(who, what, job) {
    must_not(outcome[who] != NONE_YET, outcomes);
    must_not(what == JOB_FAILED && made[who], untrue);
    must_not(what == JOB_CREATED && job != who, untrue);
    outcome[who] = what;
    name[who] = job;
    overtaken[who] = true;
    if
    :: outcome[0] == JOB_CREATED && outcome[1] == JOB_CREATED -> reach(BOTH_CREATED)
    :: else
    fi
}

inline attempt_becomes(r, state) {
    st[r] = state;
    overtaken[r] = true
}

proctype Sender(bit r) {
    byte hand = 0;

end_received:
    /* A job made within repeat-guard counts as well; whether that is over is left open. */
    if
    :: atomic { (repeats(r) || (name[other(r)] != NO_JOB && !allowed[r])) -> settle(r, JOB_FAILED, NO_JOB); reach(REFUSED_REPEAT); goto end_done }
    :: atomic { !repeats(r) ->
            second[r] = (st[other(r)] != UNBORN);
            attempt_becomes(r, OPEN);
            room[r] = LEASE + LATE + 1 }
    fi;
    if
    :: atomic { in_budget(r) }
    :: atomic { !in_budget(r) -> hand = NOTHING; goto answered }
    fi;
    atomic { true -> wire[r] = OUT };
    if
    :: atomic { handled[r] -> wire[r] = OVER; hand = (made[r] -> CREATED : NOTHING) }
    :: atomic { true -> wire[r] = OVER; left[r] = (handled[r] -> 0 : LATE + 1); hand = CLOSED }
    fi;
answered:
    atomic { true ->
        if
        :: undecided(r) && outcome[r] == NONE_YET ->
            if
            :: hand == CLOSED -> room[r] = (room[r] < LATE + 1 -> room[r] : LATE + 1); tail[r] = LATE + 1
            :: else
            fi;
            attempt_becomes(r, hand);
            if
            :: hand == CREATED -> settle(r, JOB_CREATED, r)
            :: hand == NOTHING -> settle(r, JOB_FAILED, NO_JOB)
            :: else
            fi
        :: undecided(r) && outcome[r] != NONE_YET -> /* what comes after OUTCOME_UNKNOWN */
            st[r] = hand;
            if
            :: hand == CREATED -> name[r] = r
            :: hand == CLOSED -> tail[r] = LATE + 1
            :: else
            fi
        :: else
        fi;
        hand = 0 };
end_done:
    false
}

inline list(j) {
    if
    :: true
    :: made[j] -> listed = listed | (1 << j)
    fi
}

inline match(r, j) {
    if
    :: listed & (1 << j) ->
        if
        :: !(after[j] & bit_of(r)) -> skip
        :: (after[j] & bit_of(r)) && names(r, j) -> reach(NAMED_BY_OTHER)
        :: (after[j] & bit_of(r)) && !names(r, j) && (in[j] & bit_of(r)) && !belongs_elsewhere(r, j) ->
            ours = (ours == NO_JOB -> j : SEVERAL)
        :: (after[j] & bit_of(r)) && !names(r, j) && !((in[j] & bit_of(r)) && !belongs_elsewhere(r, j)) ->
            if
            :: (in[j] & 3) == 3 -> reach(IN_TWO_WINDOWS)
            :: in[j] == bit_of(r) && near[j] == 3 -> reach(OPEN_ENDED)
            :: else
            fi
        fi
    :: else
    fi
}

proctype Looker(bit r) {
    byte before = 0;
    byte listed = 0;
    byte ours = NO_JOB;

end_idle:
    atomic { unknown_yet(r) && (st[r] != OPEN || lease_over(r)) ->
        if
        :: st[r] == OPEN -> attempt_becomes(r, ABANDONED)
        :: else
        fi;
        overtaken[r] = false;
#ifdef NO_ASKED_AFTER_LIST
        before = (others(r, 0) -> 1 : 0) + (others(r, 1) -> 2 : 0)
    };
    atomic { true ->
#endif
        list(0);
        list(1) };
    atomic { true ->
        if
        :: overtaken[r] -> skip
        :: !overtaken[r] ->
            match(r, 0);
            match(r, 1);
            if
            :: ours < SEVERAL -> settle(r, JOB_CREATED, ours); reach(ADOPTED)
            :: ours >= SEVERAL -> settle(r, OUTCOME_UNKNOWN, NO_JOB); reach(ENDED_UNKNOWN)
            :: ours >= SEVERAL -> skip
            fi
        fi;
        before = 0; listed = 0; ours = NO_JOB };
    goto end_idle
}

#define may_make(r) (st[r] == OPEN || st[r] == ABANDONED || tail[r] > 0)

inline appear(j) {
    made[j] = true;
    after[j] = (st[0] != UNBORN -> 1 : 0) + (st[1] != UNBORN -> 2 : 0);
    near[j] = (may_make(0) -> 1 : 0) + (may_make(1) -> 2 : 0);
    in[j] = (room[0] > 0 -> 1 : 0) + (room[1] > 0 -> 2 : 0)
}

inline take_effect(r) {
    handled[r] = true;
    appear(r);
    must_not(outcome[r] == JOB_FAILED, untrue);
    /* It wipes what the later request restored, which did not allow that. */
    must_not(made[other(r)] && second[other(r)] && !allowed[other(r)], wiped)
}

#define may_take_effect(r) (!handled[r] && (wire[r] == OUT || (wire[r] == OVER && left[r] > 0)))

proctype Atlas() {
end_atlas:
    do
    :: atomic { may_take_effect(0) -> take_effect(0) }
    :: atomic { may_take_effect(1) -> take_effect(1) }
    :: atomic { wire[0] == OUT && !handled[0] -> handled[0] = true }
    :: atomic { wire[1] == OUT && !handled[1] -> handled[1] = true }
    od
}

inline tick_request(r) {
    count_down(room[r]);
    count_down(left[r]);
    count_down(tail[r]);
    handled[r] = handled[r] || (wire[r] == OVER && left[r] == 0)
}

proctype World() {
end_world:
    do
    :: d_step { unknown_yet(0) || unknown_yet(1) -> tick_request(0); tick_request(1) }
    od
}

init {
    atomic {
        if
        :: allowed[1] = true
        :: allowed[1] = false
        fi;
        run Sender(0);
        run Sender(1);
        run Looker(0);
        run Looker(1);
        run Atlas();
        run World()
    }
}
