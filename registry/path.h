/* registry/path.h: where a registry value lives: hive, key and view.
 * Source: MS-RRP 3.1.1.4 (32-bit and 64-bit name spaces), 2.2.4 (hives); "Registry Keys Affected by
 *         WOW64" of the Windows documentation.
 * Shape:  key is UTF-8 without the hive, levels parted by one '\', no '\' at either end; "" is the
 *         hive itself.
 *         Names compare without case, as the registry does. `/` is an ordinary character.
 * Owns:   path_fini frees (fine on a zeroed struct).
 * Errors: *out is zeroed on failure. */
#ifndef SWELL_REGISTRY_PATH_H
#define SWELL_REGISTRY_PATH_H

#include "base/text.h"

#define REG_KEY_MAX 4096 /* bytes of a key path */
#define REG_DEPTH_MAX 64 /* levels of a key path that Swell handles (Windows: 512) */

enum reg_hive {
    HIVE_LOCAL_MACHINE,
    HIVE_USERS,
    HIVE_CLASSES_ROOT,
    HIVE_CURRENT_CONFIG,
    HIVE_CURRENT_USER
};
enum reg_view {
    VIEW_64, /* what a 64-bit program sees: the default */
    VIEW_32
};

struct reg_path {
    enum reg_hive hive;
    enum reg_view view;
    char *key;
};

void path_fini(struct reg_path *p);
MUST_CHECK enum err path_copy(const struct reg_path *from, struct reg_path *out);
/* "HKLM\A\B", "HKEY_LOCAL_MACHINE\A\B", "HKLM:\A\B"; forward slashes stay. A misspelt hive, an
 * empty level, a control character, a level over 255 units: E_DATA with what was expected (and the
 * nearest hive for a misspelt one). */
MUST_CHECK enum err path_parse(const char *s, enum reg_view view, struct reg_path *out,
                               struct why *why);
bool path_equal(const struct reg_path *a, const struct reg_path *b);
/* HKLM\HARDWARE and all below it: made anew at each start, so what is written there is gone then.
 * Other volatile keys look like any key. */
bool path_is_volatile(const struct reg_path *p);
/* A total order: hive, view, key without case; parents before children. */
int path_compare(const struct reg_path *a, const struct reg_path *b);
/* E_ABSENT for the hive itself. */
MUST_CHECK enum err path_parent(const struct reg_path *p, struct reg_path *out);
/* Strictly below. */
bool path_is_under(const struct reg_path *p, const struct reg_path *ancestor);
const char *hive_name(enum reg_hive hive);      /* "HKLM" */
const char *hive_long_name(enum reg_hive hive); /* "HKEY_LOCAL_MACHINE" */
/* For people: `HKLM\A\B`, with ` (32-bit view)` where it is one; safe for a terminal. */
void path_put_text(struct text *t, const struct reg_path *p);
/* The exact form for events and plan files: `HKLM\A\B` or `HKLM/32\A\B`; path_from_code is its
 * inverse and gives E_FORMAT for anything else. */
void path_put_code(struct text *t, const struct reg_path *p);
MUST_CHECK enum err path_from_code(const char *code, struct reg_path *out);
/* The same place as a 64-bit program names it: `HKLM\SOFTWARE\X` of the 32-bit view is
 * `HKLM\SOFTWARE\Wow6432Node\X`; what both views share keeps its name. out->view is VIEW_64. */
MUST_CHECK enum err path_to_64bit_form(const struct reg_path *p, struct reg_path *out);

/* Names of keys and values, as the registry compares them: without case, by code point. */
bool reg_name_equal(const char *a, const char *b);
int reg_name_compare(const char *a, const char *b);

#endif
