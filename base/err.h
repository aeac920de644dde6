/* base/err.h: what can go wrong, once for the whole program.
 * Every function that can fail for a reason outside the program returns enum err and says why in
 * struct why. err_class() alone decides what a failure means for a host; nobody else switches over
 * error numbers for that. */
#ifndef SWELL_BASE_ERR_H
#define SWELL_BASE_ERR_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#define MUST_CHECK __attribute__((warn_unused_result))
#define PRINTF_LIKE(fmt, first) __attribute__((format(printf, fmt, first)))
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

enum err {
    OK = 0,
    /* our side */
    E_MEMORY,    /* an allocation failed */
    E_IO,        /* a local file, disk or descriptor; native = errno */
    E_LOCKED,    /* another controller holds the database */
    E_CORRUPT,   /* our own store is damaged or from a newer program */
    E_INTERNAL,  /* a library refused what it must accept */
    E_CANCELLED, /* the operator asked us to stop */
    /* input */
    E_USAGE,  /* command line */
    E_DATA,   /* a file a person wrote; why->place = FILE:LINE:COLUMN */
    E_CONFIG, /* swell.yaml, credentials that cannot be read */
    E_LIMIT,  /* a named limit was passed */
    E_ABSENT, /* the thing asked for does not exist (key, value, host, row) */
    E_EXISTS, /* it exists already */
    /* bytes from outside */
    E_SHORT,  /* ended before what it announced */
    E_FORMAT, /* well-framed nonsense */
    /* the far side */
    E_RESOLVE,     /* the name has no address */
    E_CONNECT,     /* connection refused, no route; native = errno */
    E_TIMEOUT,     /* the deadline passed */
    E_CUT,         /* the connection ended in the middle */
    E_UNAVAILABLE, /* reached, but the service is not there (yet): stopped pipe, server starting */
    E_AUTH,        /* who we are was not accepted: never tried again blindly (lockout) */
    E_DENIED,      /* who we are is known and may not do this */
    E_SECURITY,    /* signature wrong, guest session, downgrade: the peer or the path lies */
    E_PROTOCOL,    /* the peer breaks its protocol */
    E_UNSUPPORTED, /* the peer cannot do what is needed */
    E_REFUSED,     /* the peer understood and said no; native = its status */
    E_GOING_DOWN,  /* the host is shutting down, or a shutdown is already scheduled */
    E_MOVED,       /* what is there is not what the plan was made for */
    ERR_COUNT
};

/* What a failure means for the host it happened on. */
enum err_class {
    CLASS_OK,          /* no failure */
    CLASS_UNREACHABLE, /* nothing was learnt; counts as unreachable */
    CLASS_AGAIN,       /* worth one more look before the deadline */
    CLASS_FAIL_HOST,   /* this host fails; the others go on */
    CLASS_HALT         /* our own side is broken: stop handing out work */
};

/* The reason of a failure, for a person.
 * Shape:  place is "FILE:LINE:COLUMN", a host, a protocol step, or empty; text is one sentence
 *         without a full stop.
 * Units:  native is the foreign code (NTSTATUS, Win32, errno, TLS alert) or 0; native_name is its
 *         name (for an errno its words) or empty.
 * Owns:   nothing, a plain value. Never holds a secret. */
struct why {
    char place[160];
    char text[400];
    uint32_t native;
    char native_name[48];
};

const char *err_name(enum err e);         /* "E_TIMEOUT"; never NULL */
enum err err_from_name(const char *name); /* E_INTERNAL for a name unknown here */
const char *err_words(enum err e);        /* "the deadline passed" */
enum err_class err_class(enum err e);

/* Fill *why (may be NULL) and return e, so that a failing line is one line:
 *     return why_set(why, E_DATA, "…");
 * All of *why is new then, the place too; arguments may point into the old one. */
enum err why_set(struct why *why, enum err e, const char *fmt, ...) PRINTF_LIKE(3, 4);
enum err why_errno(struct why *why, enum err e, int error_number, const char *fmt, ...)
    PRINTF_LIKE(4, 5);
enum err why_native(struct why *why, enum err e, uint32_t native, const char *native_name,
                    const char *fmt, ...) PRINTF_LIKE(5, 6);
/* Set the place if none is set yet and e is a failure. Returns e unchanged. */
enum err why_place(struct why *why, enum err e, const char *fmt, ...) PRINTF_LIKE(3, 4);
/* "place: text (native_name, 0x…)" into buf, cut with "…" if it does not fit; returns buf. */
const char *why_line(const struct why *why, char *buf, size_t size);

#endif
