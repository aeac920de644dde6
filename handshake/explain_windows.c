/* Findings that are Windows' own: its programs, its stores, its logs. */
#include "handshake/explain_parts.h"

#include "base/err.h"

static const struct explanation rows[] = {
    {"winhttp-tls10", "Outlook and other WinHTTP programs are stuck at TLS 1.0",
     "On Windows 7, 8, Server 2008 R2 and 2012 WinHTTP offers only SSL 3.0 and TLS 1.0, even where "
     "Schannel has more: so Internet Explorer works and Outlook, Word or WinRM does not. KB3140245 "
     "adds the value that changes it.",
     "Outlook and Autodiscover fail against a server or load balancer without TLS 1.0; Schannel "
     "returns 0x80090326 SEC_E_ILLEGAL_MESSAGE, the wire shows alert 40 (0x28; some guides print "
     "0x40).",
     "Install KB3140245; set DefaultSecureProtocols to dword 0xA00 (TLS 1.1 and 1.2; 0xA80 with "
     "TLS 1.0) in both HKLM\\SOFTWARE\\[Wow6432Node\\]Microsoft\\Windows\\CurrentVersion\\Internet "
     "Settings\\WinHttp; set DisabledByDefault 0 for TLS 1.1 and 1.2 Client; restart. Not on newer "
     "releases: there it takes TLS 1.3 away.",
     "Microsoft, Enabling TLS 1.1 and 1.2 in Outlook on Windows 7; KB3140245; Microsoft, WinHTTP "
     "option flags"},
    {"dotnet-old-tls", ".NET programs offer only old versions",
     "Programs made for .NET before 4.6 or 4.7 offer SSL 3.0 and TLS 1.0 unless they are told to "
     "do what the system does, and a server that wants TLS 1.2 closes the connection.",
     "\"The underlying connection was closed: An unexpected error occurred on a send.\", \"Could "
     "not create SSL/TLS secure channel\", \"The client and server cannot communicate, because "
     "they do not possess a common algorithm\".",
     "Set SystemDefaultTlsVersions 1 and SchUseStrongCrypto 1 in HKLM\\SOFTWARE\\[Wow6432Node\\]"
     "Microsoft\\.NETFramework\\v4.0.30319, and SystemDefaultTlsVersions 1 in v2.0.50727; restart "
     "the programs. Code that names versions itself must be changed.",
     "K2, TLS 1.2 and 1.3 support, \"Minimum Requirement\"; Microsoft, TLS best practices with the "
     ".NET Framework"},
    {"sql-pre-login", "SQL Server and its client share no version of TLS",
     "The login is always encrypted, also where the connection is not. Without TLS 1.2 in SQL "
     "Server's build, in the client driver, or in the CLR of the application pool, the two do not "
     "come together once TLS 1.0 and 1.1 are off.",
     "\"A connection was successfully established with the server, but then an error occurred "
     "during the pre-login handshake. (provider: TCP Provider, error: 0 - An existing connection "
     "was forcibly closed by the remote host.)\"; rsReportServerDatabaseUnavailable.",
     "Bring SQL Server to a build with TLS 1.2 (2008 SP4 and 2008 R2 SP3 to 2014: KB3135244), "
     "update the clients' drivers, run the application pool on .NET CLR v4 (K2's own legacy pool "
     "stays on v2.0), set dotnet-old-tls's values; keep TLS 1.2 on where SQL Server runs.",
     "K2, TLS 1.2 and 1.3 support, considerations; Microsoft KB3135244"},
    {"rdp-needs-update", "Remote desktop of Windows 7 and Server 2008 R2 speaks TLS 1.0 only",
     "Without KB3080079 the remote desktop service knows no TLS 1.1 and 1.2. Switching TLS 1.0 off "
     "locks remote desktop out.",
     "\"The computer can't connect to the remote computer\", \"an internal error has occurred\"; "
     "the port answers X.224 and then resets.",
     "Install KB3080079 before TLS 1.0 is switched off.",
     "Microsoft KB3080079; YSoft SafeQ 6, Schannel troubleshooting (requires it on 2008 R2)"},
    {"nothing-enabled", "Schannel has nothing left that it may use",
     "So many protocols, ciphers, hashes or key exchanges are off that a service cannot even get "
     "its credentials. FIPS mode with a list of suites does the same.",
     "Schannel event 36871 (error state 10013), services that start and refuse every connection, "
     "SEC_E_ALGORITHM_MISMATCH 0x80090331.",
     "Put back what was switched off last: swell rollback. Leave TLS 1.2 with ECDHE and AES-GCM on "
     "at least.",
     "Microsoft, TLS registry settings; Microsoft, Schannel events"},
    {"private-key", "The private key of the certificate cannot be used",
     "It is missing, or the account of the service may not read it: often after a certificate was "
     "copied, restored or renewed.",
     "Schannel events 36869 and 36870 (error code 0x8009030D, state 10001), SEC_E_NO_CREDENTIALS "
     "0x8009030E, connections that are reset.",
     "certutil -repairstore My THUMBPRINT; give the service's account the right to read the key "
     "(MMC, Manage Private Keys).",
     "Microsoft, Schannel events; Microsoft, Troubleshoot Event 36870"},
    {"no-server-certificate", "The service has no certificate to show",
     "No certificate is bound, or none that fits its name and purpose, so it cannot speak TLS.",
     "Schannel event 36886; RDP answers SSL_CERT_NOT_ON_SERVER; LDAP StartTLS answers 52 "
     "unavailable; IIS resets connections without a matching binding.",
     "Enroll or bind a certificate, and restart the service.",
     "MS-RDPBCGR 2.2.1.2.2; Microsoft, Schannel events; RFC 4511 4.14"},
    {"tls-refused", "The service speaks its protocol and refuses TLS in it",
     "It answers the request for TLS with no: it is not configured, or not licensed, or a policy "
     "forbids it.",
     "STARTTLS is not offered; RDP answers SSL_NOT_ALLOWED_BY_SERVER; SQL Server answers "
     "ENCRYPT_NOT_SUP; PostgreSQL answers N.",
     "Switch TLS on in the service.",
     "RFC 3207; MS-RDPBCGR 2.2.1.2.2; MS-TDS 2.2.6.5"},
    {"sni-needed", "The server wants the name of the host",
     "It has several certificates and chooses by the name in the hello; without one, or with one "
     "that it does not know, it ends the connection.",
     "Alert 112 unrecognized_name, or a reset; works by name and not by address.",
     "Connect by the host's name. In IIS, add a binding without \"Require Server Name "
     "Indication\".",
     "RFC 6066 3; Microsoft, IIS 8.0 Server Name Indication"},
    {"internal-error", "The peer failed on its own side",
     "It met with something that it did not expect: often a private key that it cannot use, a "
     "hardware module that is away, or memory that ran out.",
     "Alert 80, SEC_E_INTERNAL_ERROR 0x80090304, Schannel event 36887 or 36888 with 80.",
     "Look into the peer's own log at that minute. On Windows look for 36870 and 36871 beside it.",
     "RFC 5246 7.2.2; Microsoft, Schannel events"},
    {"logon-denied", "The client's certificate was accepted and the client was not",
     "TLS is well; the account that the certificate belongs to may not enter.",
     "Alert 49 access_denied, SEC_E_LOGON_DENIED 0x8009030C, HTTP 403.7 and 403.16.",
     "Look at the mapping of certificates to accounts on the server.",
     "RFC 5246 7.2.2; Microsoft, Schannel error codes for TLS and SSL alerts"},
    {"no-common-alpn", "Client and server share no application protocol",
     "The client offered only protocols (ALPN) that this port does not speak; SQL Server's strict "
     "mode wants tds/8.0.",
     "Alert 120, SEC_E_APPLICATION_PROTOCOL_MISMATCH 0x80090367.",
     "Offer what the service speaks: swell scan --starttls mssql-strict for SQL Server.",
     "RFC 7301 3.2; MS-TDS 3.3.5.1"},
    {"schannel-success", "A handshake was completed",
     "No fault: with EventLogging 7 Schannel logs the version and the suite of each handshake.",
     "Schannel event 36880.",
     "Useful to find out who still uses old versions, and as a proof after a restart.",
     "Microsoft, Schannel events; Microsoft KB260729"},
    {"unreachable", "The port cannot be reached",
     "No connection could be made: nothing listens, or a packet filter is between.",
     "ERROR_WINHTTP_CANNOT_CONNECT 12029, WSAECONNREFUSED 10061, WSAETIMEDOUT 10060.",
     "Look whether the service runs and whether the port is open from here.",
     "RFC 9293 3.5.2; Microsoft, WinHTTP error messages"},
};

const struct explanation_table explain_windows = {rows, COUNT(rows)};
