/* db/schema.h: the migrations, db/schema/NNNN_*.sql, as the build put them into the program.
 * Shape:  schema_migrations[schema_version]; entry i makes version i + 1 out of version i.
 * Owns:   nothing; all is constant. */
#ifndef SWELL_DB_SCHEMA_H
#define SWELL_DB_SCHEMA_H

struct migration {
    int version;
    const char *name; /* of its file */
    const char *sql;
};

extern const struct migration schema_migrations[];
extern const int schema_version;

#endif
