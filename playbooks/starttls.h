/* playbooks/starttls.h: the words for what is said on a port before TLS begins, as `starttls:` in a
 * playbook and --starttls name them. What they mean on the wire is handshake/dialect.h.
 * Shape:  names are static, and shorter than DIALECT_NAME_MAX (verify.h). */
#ifndef SWELL_PLAYBOOKS_STARTTLS_H
#define SWELL_PLAYBOOKS_STARTTLS_H

enum starttls {
    STARTTLS_TLS, /* nothing: TLS from the first byte */
    STARTTLS_RDP,
    STARTTLS_MSSQL,        /* TDS 7: TLS inside TDS packets */
    STARTTLS_MSSQL_STRICT, /* TDS 8: TLS from the first byte, with an ALPN of its own */
    STARTTLS_SMTP,
    STARTTLS_IMAP,
    STARTTLS_POP3,
    STARTTLS_FTP,
    STARTTLS_LDAP,
    STARTTLS_POSTGRES,
    STARTTLS_MYSQL,
    STARTTLS_COUNT
};

/* By enum starttls: "tls", "rdp" … */
extern const char *const starttls_names[STARTTLS_COUNT];

#endif
