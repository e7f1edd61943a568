/*
 * The outbox of a ledger, two relays that both believe to lead, the broker's transactions and the marker.
 *
 * The lease is left out: nothing may rest on it. Two base models: as it is, where the marker topic may lose its
 * records; TWO_LEDGERS, where each relay serves a ledger of its own, and both have the same events to tell.
 */
#include "protocol.pml"

/* What -DREACH=... may ask for. */
#define FENCED 1
#define FOUND_PUBLISHED 2
#define SENT_PREPARED 3
#define ALARM 4
#define ALL_PUBLISHED 5
#define FOREIGN 6

#define EVENTS 2
#define NOT_ANY 255

#ifdef TWO_LEDGERS
#define LEDGERS 2
#define mine(r) r
#else
#define LEDGERS 1
#define mine(r) 0
#endif
#ifdef NO_ONE_ID
#define id(r) r
#else
#define id(r) 0
#endif

/* ---- the ledgers ---- */

typedef Ledger {
    byte rows;        /* the outbox: a mask of events */
    byte batch;       /* what is prepared: a mask, or 0 */
    byte numbered;    /* the last number given */
    byte published    /* the last number known as published */
}
Ledger ledger[LEDGERS];
byte to_come[LEDGERS];

/* ---- the broker ---- */

byte owner[2];        /* whose epoch is the current one of a transactional id; NOT_ANY: of nobody */
byte read[EVENTS];    /* how often a read_committed reader sees the event */
byte marker = NOT_ANY;/* the last committed one: its batch */
bit named;            /* and its ledger */
bool marker_lost;
bool trouble;         /* one crash, or one answer to a commit that is lost */

inline commit_takes_effect(r, events, number) {
    d_step {
        read[0] = read[0] + (events & 1);
        read[1] = read[1] + ((events & 2) / 2);
        marker = number;
        named = mine(r)
    };
    must_not(read[0] > 1 || read[1] > 1, outcomes);
    if
    :: read[0] == 1 && read[1] == 1 -> reach(ALL_PUBLISHED)
    :: else
    fi
}

/* Rows are deleted when their batch is known as published. Whoever comes too late deletes nothing. */
inline note_published(r, number) {
    if
    :: ledger[mine(r)].batch != 0 && ledger[mine(r)].numbered == number ->
        must_not((ledger[mine(r)].batch & 1 && read[0] == 0) || (ledger[mine(r)].batch & 2 && read[1] == 0), lost);
        ledger[mine(r)].rows = ledger[mine(r)].rows & ~ledger[mine(r)].batch;
        ledger[mine(r)].batch = 0;
        ledger[mine(r)].published = number
    :: else
    fi
}

#define prepared (ledger[mine(r)].batch != 0)

/* A marker names its ledger. */
#ifdef NO_LEDGER_NAMED
#define foreign(r) false
#else
#define foreign(r) (last != NOT_ANY && last_named != mine(r))
#endif

/* A ledger that has never numbered a batch begins with a marker of batch 0, so that none at all is always an alarm. */
#ifdef NO_FIRST_MARKER
#define fresh(r) (last == NOT_ANY && ledger[mine(r)].published == 0)
#else
#define fresh(r) (last == NOT_ANY && ledger[mine(r)].numbered == 0)
#endif

inline read_marker() {
    last = marker;
    last_named = named
}

inline fence(r) {
    owner[id(r)] = r
}

inline forget() {
    last = NOT_ANY;
    last_named = 0;
    events = 0;
    number = 0
}

proctype Relay(bit r) {
    byte last = NOT_ANY;
    bit last_named = 0;
    byte events = 0;
    byte number = 0;

end_elected:
    atomic { forget() };
    /* initTransactions first: whatever others have open is aborted, and none of them can commit any more. */
#ifdef NO_FENCE_FIRST
    atomic { read_marker() };
    atomic { fence(r) };
#else
    atomic { fence(r) };
    atomic { read_marker() };
#endif
    if
    :: atomic { foreign(r) -> reach(FOREIGN); goto end_stopped }
    :: atomic { !foreign(r) && fresh(r) ->
#ifdef NO_FIRST_MARKER
            goto leading }
#else
            events = 0; number = 0; goto sending }
#endif
    :: atomic { !foreign(r) && !fresh(r) && last == ledger[mine(r)].published ->
            if
            :: prepared -> reach(SENT_PREPARED)
            :: else
            fi;
            goto leading }
    :: atomic { !foreign(r) && !fresh(r) && last != ledger[mine(r)].published && prepared && last == ledger[mine(r)].numbered ->
            note_published(r, last); reach(FOUND_PUBLISHED); goto leading }
    :: atomic { !foreign(r) && !fresh(r) && last != ledger[mine(r)].published && !(prepared && last == ledger[mine(r)].numbered) ->
            reach(ALARM);
#ifdef NO_ALARM
            goto leading }
#else
            goto end_stopped }
#endif
    fi;

leading:
end_leading:
    /* The batch, and its number, are in the ledger before it goes out. */
    if
    :: atomic { prepared -> events = ledger[mine(r)].batch; number = ledger[mine(r)].numbered }
    :: atomic { !prepared && ledger[mine(r)].rows != 0 ->
            events = ledger[mine(r)].rows;
            number = ledger[mine(r)].numbered + 1;
#ifndef NO_NUMBER_FIRST
            ledger[mine(r)].batch = events;
            ledger[mine(r)].numbered = number
#endif
            }
    fi;
#ifdef NO_DELETE_AFTER
    atomic { note_published(r, number) };
#endif

sending:
    /* The events and the marker, one transaction; then its commit. */
    if
    :: atomic { owner[id(r)] == r -> commit_takes_effect(r, events, number) }
    :: atomic { owner[id(r)] != r -> reach(FENCED); goto end_elected }
    :: atomic { owner[id(r)] == r && !trouble -> trouble = true; commit_takes_effect(r, events, number); goto end_elected }
    :: atomic { !trouble -> trouble = true; goto end_elected }
    fi;
    if
#ifdef NO_NUMBER_FIRST
    :: atomic { ledger[mine(r)].rows = ledger[mine(r)].rows & ~events; ledger[mine(r)].numbered = number; ledger[mine(r)].published = number; goto leading }
#else
    :: atomic { true -> note_published(r, number); goto leading }
#endif
    :: atomic { !trouble -> trouble = true; goto end_elected }
    fi;

end_stopped:
    false
}

proctype World() {
end_world:
    do
    :: atomic { to_come[0] & 1 -> to_come[0] = to_come[0] - 1; ledger[0].rows = ledger[0].rows | 1 }
    :: atomic { to_come[0] & 2 -> to_come[0] = to_come[0] - 2; ledger[0].rows = ledger[0].rows | 2 }
#ifdef TWO_LEDGERS
    :: atomic { to_come[1] & 1 -> to_come[1] = to_come[1] - 1; ledger[1].rows = ledger[1].rows | 1 }
    :: atomic { to_come[1] & 2 -> to_come[1] = to_come[1] - 2; ledger[1].rows = ledger[1].rows | 2 }
#else
    :: atomic { !marker_lost && marker != NOT_ANY -> marker_lost = true; marker = NOT_ANY }
#endif
    od
}

init {
    atomic {
        owner[0] = NOT_ANY;
        owner[1] = NOT_ANY;
        to_come[0] = 3;
#ifdef TWO_LEDGERS
        to_come[1] = 3;
#endif
        run Relay(0);
        run Relay(1);
        run World()
    }
}
