#include "playbooks/starttls.h"

const char *const starttls_names[STARTTLS_COUNT] = {
    [STARTTLS_TLS] = "tls",
    [STARTTLS_RDP] = "rdp",
    [STARTTLS_MSSQL] = "mssql",
    [STARTTLS_MSSQL_STRICT] = "mssql-strict",
    [STARTTLS_SMTP] = "smtp",
    [STARTTLS_IMAP] = "imap",
    [STARTTLS_POP3] = "pop3",
    [STARTTLS_FTP] = "ftp",
    [STARTTLS_LDAP] = "ldap",
    [STARTTLS_POSTGRES] = "postgres",
    [STARTTLS_MYSQL] = "mysql",
};
