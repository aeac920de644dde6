/* Findings about versions, and about how a port answers at all. */
#include "handshake/explain_parts.h"

#include "base/err.h"

static const struct explanation rows[] = {
    {"no-common-version", "Client and server share no version of TLS",
     "Each side speaks only versions that the other one does not: a client that stops at TLS 1.0 "
     "against a server that begins at TLS 1.2, or a device that begins at TLS 1.2 against an old "
     "server where it is off. Each of them looks healthy alone.",
     "\"Could not create SSL/TLS secure channel\", SEC_E_UNSUPPORTED_FUNCTION 0x80090302, "
     "SEC_E_ALGORITHM_MISMATCH 0x80090331, alert 70 or 40, ERR_SSL_VERSION_OR_CIPHER_MISMATCH, "
     "Schannel events 36874 and 36888, or only a connection that is closed.",
     "Compare the two ends: swell scan A B --compare. Then switch on, on the older end, a version "
     "that both have (SCHANNEL\\Protocols\\TLS 1.2\\Server or \\Client: Enabled 1 and "
     "DisabledByDefault 0, both always), and restart it.",
     "YSoft SafeQ 6, Schannel troubleshooting: \"The device supporting only higher versions\"; "
     "Microsoft, TLS registry settings"},
    {"pretends-version", "The peer says TLS 1.2 and then breaks",
     "It answers with a ServerHello of that version, and the handshake fails afterwards: a MAC "
     "that does not verify, a connection that is dropped at the key exchange or at Finished. Its "
     "firmware names a version that it cannot do, so both ends choose what will fail.",
     "SSL_ERROR_BAD_MAC_ALERT in Firefox, ERR_SSL_BAD_RECORD_MAC_ALERT in Chrome, "
     "SEC_E_MESSAGE_ALTERED 0x8009030F, alert 20, \"Could not create SSL/TLS secure channel\".",
     "Update the firmware. Until then let the client offer only what the peer really does: in "
     "SafeQ securityProtocolTypesForOutboundCommunication, elsewhere the application's own list "
     "of versions, or the Client keys of Schannel for the whole machine.",
     "YSoft SafeQ 6, Schannel troubleshooting: \"The MFD only supports older SSL/TLS protocol "
     "versions, but also accepts higher ones\""},
    {"no-tls12", "TLS 1.2 is not spoken",
     "The port speaks only versions that browsers, payment providers and most services have "
     "switched off. On Windows 7, Server 2008 R2 and older it is there and off by default.",
     "Modern clients cannot connect: ERR_SSL_VERSION_OR_CIPHER_MISMATCH, "
     "SSL_ERROR_UNSUPPORTED_VERSION, alert 70.",
     "Set SCHANNEL\\Protocols\\TLS 1.2\\Server and \\Client: Enabled 1, DisabledByDefault 0, and "
     "restart. See tls12-prerequisites for what old releases need before.",
     "Rackspace, Enabling TLS 1.2 on Windows Server; RFC 9325 3.1.1"},
    {"tls12-prerequisites", "An update is missing that TLS 1.2 needs",
     "The registry values alone do nothing where the code is not there: Server 2008 SP2 needs "
     "KB4019276, Server 2008 R2 needs Service Pack 1 (KB976932), and KB3080079 for remote desktop. "
     ".NET should be 4.5 or newer.",
     "The values are set, the machine was restarted, and TLS 1.2 is still refused.",
     "Install the update, restart, and check again. Newer monthly rollups contain these updates.",
     "Rackspace, Enabling TLS 1.2 on Windows Server, prerequisites; MS-TLSP appendix A <1>"},
    {"old-versions-on", "TLS 1.0 or 1.1 is still on",
     "Both are deprecated since 2021, PCI DSS has forbidden TLS 1.0 since June 2018, and TLS 1.0 "
     "is open to BEAST.",
     "Scanners complain; nothing fails.",
     "Find out who still uses them (swell listen, or Schannel event 36880 with EventLogging 7), "
     "then set Enabled 0 and DisabledByDefault 1 for both, Server and Client, and restart.",
     "RFC 8996; K2, TLS 1.2 and 1.3 support, \"Maximum Protection\""},
    {"ssl-on", "SSL 2.0 or 3.0 is on",
     "SSL 2.0 has no protection against being changed on the way and opens TLS connections with "
     "the same key to DROWN; SSL 3.0 is broken by POODLE.",
     "Scanners complain; nothing fails.",
     "SCHANNEL\\Protocols\\SSL 2.0 and SSL 3.0, Server and Client: Enabled 0, DisabledByDefault "
     "1; restart.",
     "RFC 6176; RFC 7568; K2, TLS 1.2 and 1.3 support, \"Maximum Protection\""},
    {"tls13-only", "Only TLS 1.3 is spoken",
     "No Windows before 11 and Server 2022 has a TLS 1.3 that may be used, applications that use "
     "the older SCHANNEL_CRED structure never speak it, and SQL Server needs TLS 1.2 to start.",
     "Older clients fail with alert 70 or SEC_E_UNSUPPORTED_FUNCTION; SQL Server does not come up.",
     "Leave TLS 1.2 on beside it wherever SQL Server or a client before Windows 11 is concerned.",
     "K2, TLS 1.2 and 1.3 support, considerations; Microsoft, Protocols in TLS/SSL (Schannel SSP)"},
    {"tls13-on-old-windows", "TLS 1.3 is switched on where Windows does not support it",
     "Before build 20348 (Server 2022) the keys of TLS 1.3 are, in Microsoft's words, not a safe "
     "system configuration: some builds contain unfinished code that they switch on.",
     "Services that fail at random, or at once, after the restart.",
     "Take the values away again: SCHANNEL\\Protocols\\TLS 1.3; restart.",
     "Microsoft, Protocols in TLS/SSL (Schannel SSP)"},
    {"restart-owed", "The registry says off, the wire says on",
     "Schannel's values are read when a process next asks for credentials, and services keep "
     "theirs for as long as they run. A value that was written and a port that does as before mean "
     "that the restart is still owed, or that the service does not use Schannel (Java, OpenSSL).",
     "Scans show the version although the registry forbids it, or the other way round.",
     "Restart the machine. If it stays so: find out what program holds the port; its own "
     "configuration counts.",
     "Microsoft, TLS registry settings; K2, TLS 1.2 and 1.3 support; Rackspace, note on reboot"},
    {"long-hello-intolerance", "It stumbles over long hellos",
     "It or a device before it does not answer a ClientHello of more than 255 bytes, though it "
     "answers the same offer in a short one. Clients of today send more than 500.",
     "Connections time out or are reset from new clients only, and work from old ones.",
     "Update the device (F5 K14758 is one). As a stopgap shorten the client's list of suites.",
     "RFC 7685 (the padding extension, made for this); F5 K14758"},
    {"rate-limited", "It stopped answering while it was asked",
     "After some connections it answered no more what it had accepted before: a firewall or a "
     "limit of the service. What was not answered is not known, and not refused.",
     "A scan with gaps.",
     "Scan again with --gentle, or from inside of the firewall.",
     "observed behaviour of rate limits; nmap ssl-enum-ciphers repeats for the same reason"},
    {"not-tls", "What answers is not TLS",
     "The port speaks something else: plain HTTP, SSH, or a protocol in which TLS must be asked "
     "for first (STARTTLS, RDP, SQL Server).",
     "SSL_ERROR_RX_RECORD_TOO_LONG, ERR_SSL_PROTOCOL_ERROR, \"wrong version number\", Schannel "
     "event 36888 with state 1203 on the server.",
     "Use the right port, or name the dialect: swell scan HOST:PORT --starttls "
     "rdp|mssql|smtp|ldap…",
     "RFC 8446 5.1; MS-TDS 2.2.6.5; MS-RDPBCGR 2.2.1.1"},
    {"connection-reset", "The connection was reset or closed without a word",
     "Windows services end the connection when the handshake fails, often before the alert is "
     "out. So a reset at the first hello usually means: no common version or suite. At other "
     "times it is a firewall, or a service that is only just starting.",
     "\"An existing connection was forcibly closed by the remote host\" (10054), "
     "ERR_CONNECTION_RESET, PR_CONNECT_RESET_ERROR, \"unexpected eof\".",
     "Scan the port: if other versions or suites are answered, it was the offer. If nothing is, "
     "look at the service and at what stands between.",
     "MS-TLSP appendix A <7>; YSoft, SafeQ 6 and Schannel"},
    {"silent", "Nothing is answered at all",
     "The connection stands and no answer comes. That is not a refusal: a packet filter, a service "
     "that waits for another protocol to begin, or a stack that drops what it does not understand "
     "(SQL Server 2008 R2 does so with hellos of TLS 1.2 alone).",
     "Time-outs.",
     "Try the right dialect (--starttls), another version, and from another network.",
     "OpenSSL issue 28284 (SQL Server 2008 R2); F5 K14758"},
};

const struct explanation_table explain_versions = {rows, COUNT(rows)};
