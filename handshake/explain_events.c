/* Events of the source Schannel in the System log. */
#include "handshake/explain_parts.h"

#include "base/err.h"

static const struct code rows[] = {
    {CODE_EVENT, 36864, "Schannel 36864",
     "The Schannel security package has loaded successfully.",
     "schannel-success"},
    {CODE_EVENT, 36867, "Schannel 36867",
     "Creating a TLS credential.",
     "schannel-success"},
    {CODE_EVENT, 36868, "Schannel 36868",
     "The properties of the private key of a credential.",
     "schannel-success"},
    {CODE_EVENT, 36869, "Schannel 36869",
     "The certificate has no private key.",
     "private-key"},
    {CODE_EVENT, 36870, "Schannel 36870",
     "A fatal error occurred when attempting to access the private key of the certificate.",
     "private-key"},
    {CODE_EVENT, 36871, "Schannel 36871",
     "A fatal error occurred while creating a TLS credential; with error state 10013 nothing "
     "usable is switched on.",
     "nothing-enabled private-key"},
    {CODE_EVENT, 36873, "Schannel 36873",
     "No supported cipher suites were found when initiating a connection.",
     "nothing-enabled no-common-suite"},
    {CODE_EVENT, 36874, "Schannel 36874",
     "A connection request was received, and none of the versions or cipher suites of the client "
     "are supported by the server.",
     "no-common-suite no-common-version md5-certificate no-common-group"},
    {CODE_EVENT, 36880, "Schannel 36880",
     "A handshake completed successfully; version and suite are in it.",
     "schannel-success"},
    {CODE_EVENT, 36881, "Schannel 36881",
     "The certificate received from the remote server has expired.",
     "certificate-expired certificate-not-yet-valid"},
    {CODE_EVENT, 36882, "Schannel 36882",
     "The certificate received from the remote server was issued by an untrusted authority.",
     "certificate-untrusted certificate-partial-chain"},
    {CODE_EVENT, 36883, "Schannel 36883",
     "The certificate received from the remote server has been revoked.",
     "certificate-revoked"},
    {CODE_EVENT, 36884, "Schannel 36884",
     "The certificate received from the remote server does not contain the expected name.",
     "certificate-wrong-name"},
    {CODE_EVENT, 36885, "Schannel 36885",
     "The list of trusted authorities for client certificates is too long and was cut.",
     "client-certificate-wanted"},
    {CODE_EVENT, 36886, "Schannel 36886",
     "No suitable default server credential exists on this system.",
     "no-server-certificate"},
    {CODE_EVENT, 36887, "Schannel 36887",
     "A fatal alert was received from the remote endpoint; the code in it is the number of the "
     "alert.",
     "no-common-version no-common-suite certificate-unsupported-algorithm certificate-untrusted"},
    {CODE_EVENT, 36888, "Schannel 36888",
     "A fatal alert was generated and sent to the remote endpoint; error 40 with state 1205 "
     "means no common suite, state 1203 that the hello was no TLS.",
     "no-common-suite no-common-version not-tls md5-certificate"},
};

const struct code_table explain_events = {rows, COUNT(rows)};
