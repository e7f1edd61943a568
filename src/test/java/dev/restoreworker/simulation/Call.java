package dev.restoreworker.simulation;

/** The calls of a worker's ports: it may die at each, before it took effect or after. */
enum Call {
    OPEN,
    CANCEL,
    CLAIM,
    MOVE,
    RIVALS,
    WATCH,
    REST,
    BURY,
    PREPARE,
    CONNECT,
    WRITE,
    ANSWER,
    LIST,
    PROVE,
    CANCEL_JOB,
    ACKNOWLEDGE
}
