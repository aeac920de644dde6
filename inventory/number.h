/* inventory/number.h: numbers that others wrote, as JSON writes them: 0x1f is 31, 1_000 is 1000,
 * .5 is 0.5, 1e400 is Infinity. A whole number stays whole, any other has a point or an exponent.
 * Source: docs.python.org, "repr" of int and float: the fewest digits that give the same number.
 * Errors: false for what is no number, or a whole one of more than NUMBER_DIGITS_MAX digits (of
 *         more than 64 bits, where its base is not ten); *out is unchanged then. */
#ifndef SWELL_INVENTORY_NUMBER_H
#define SWELL_INVENTORY_NUMBER_H

#include "base/text.h"

#define NUMBER_DIGITS_MAX 300

/* n digits of base 2, 8, 10 or 16; underscores between them do not count. */
MUST_CHECK bool number_put_int(struct text *out, bool negative, const char *digits, size_t n,
                               unsigned base);
/* n bytes of digits, point and exponent, without a sign; underscores do not count. */
MUST_CHECK bool number_put_float(struct text *out, bool negative, const char *s, size_t n);
void number_put_double(struct text *out, double v);

#endif
