/*
 * What the models share: time, the states of an attempt, and how a run says what it found.
 *
 * What stands in one atomic block is one transaction of the ledger, one write to a socket, or one step at Atlas or at
 * the broker; all processes may stand still, for any number of ticks, between each two of them. Timers count up to
 * where more makes no difference, or down to nothing, so that time has no end.
 */

#define SEND_WITHIN 1 /* from the intent to the last check */
#define TIMEOUT     1 /* the whole exchange, and what a dead process' kernel still sends */
#define LATE        1 /* a call may take effect so long after its connection ended */
#define LAG         1 /* a list may miss a job so long */
#define LEASE       2 /* at least send-within + timeout */
#ifndef SETTLE
#define SETTLE      3 /* at least timeout + late + lag */
#endif

/* An attempt in the ledger. */
#define UNBORN    0
#define OPEN      1 /* about to be sent, under way, or its sender is gone */
#define CLOSED    2 /* its end is known, its answer is not */
#define ABANDONED 3 /* its lease ran out: its sender may still write */
#define NOTHING   4 /* known: it made no job (refused, not now, or proven unsent) */
#define CREATED   5 /* known: it made a job */

/* A request's outcome. */
#define NONE_YET        0
#define JOB_CREATED     1
#define JOB_FAILED      2 /* with any reason but OUTCOME_UNKNOWN */
#define OUTCOME_UNKNOWN 3

/*
 * The properties. A run that breaks one ends with "assertion violated" and the property's name.
 *
 * twice     a request has two jobs
 * untrue    job-created names no job of this request; or it has a job, or gets one, although job-failed was said
 * outcomes  a request has two outcomes, or a reader sees an event twice
 * wiped     a job is sent over what somebody else restored, and that could be seen
 * forgotten an answer that the ledger was told is not what the request ends with
 * blind     a job of this request stood in the list, and yet it is sent again
 * lost      an event left the outbox and no reader ever sees it
 * crowded     more downloads live than the project has slots, or two of one snapshot
 * asleep    a request sleeps that could have a slot, has one, or is cancelled
 * unstopped an attempt begins whose request was to be cancelled before
 * reached   no property: the state that -DREACH=... asks for is reached
 */
bool twice, untrue, outcomes, wiped, forgotten, blind, lost, crowded, asleep, unstopped, reached;

/* All are asked for, or with -DASK=... that one alone. */
#ifndef ASK
#define ASK 0
#endif
#define asked_twice 1
#define asked_untrue 2
#define asked_outcomes 3
#define asked_wiped 4
#define asked_forgotten 5
#define asked_blind 6
#define asked_lost 7
#define asked_crowded 8
#define asked_asleep 9
#define asked_unstopped 10
#define must_not(bad, property)                                   \
    if                                                            \
    :: (ASK == 0 || ASK == asked_##property) && (bad) ->          \
        property = true;                                          \
        assert(!property)                                         \
    :: else                                                       \
    fi

#ifndef REACH
#define REACH 0
#endif
#define reach(what)                                               \
    if                                                            \
    :: what == REACH ->                                           \
        reached = true;                                           \
        assert(!reached)                                          \
    :: else                                                       \
    fi

#define count_up(timer, most) timer = (timer < most -> timer + 1 : timer)
#define count_down(timer) timer = (timer > 0 -> timer - 1 : 0)
