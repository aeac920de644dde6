#include "playbooks/verify.h"

#include <stdlib.h>

const char *tls_version_name(enum tls_version v)
{
    switch (v) {
    case SSL_2_0: return "ssl2.0";
    case SSL_3_0: return "ssl3.0";
    case TLS_1_0: return "tls1.0";
    case TLS_1_1: return "tls1.1";
    case TLS_1_2: return "tls1.2";
    case TLS_1_3: return "tls1.3";
    case TLS_VERSIONS: break;
    }
    abort();
}

const char *tls_version_words(enum tls_version v)
{
    switch (v) {
    case SSL_2_0: return "SSL 2.0";
    case SSL_3_0: return "SSL 3.0";
    case TLS_1_0: return "TLS 1.0";
    case TLS_1_1: return "TLS 1.1";
    case TLS_1_2: return "TLS 1.2";
    case TLS_1_3: return "TLS 1.3";
    case TLS_VERSIONS: break;
    }
    abort();
}

bool tls_version_is_ssl(enum tls_version v)
{
    return v < TLS_1_0;
}
