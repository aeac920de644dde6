/* Every verb of the program, in the order in which help shows them. What a verb does is in its own
 * file. */
#include "controller/cli/parse.h"

#define LOGIN_OPTS OPT_USER, OPT_PASSWORD_ENV, OPT_PASSWORD_FILE
/* How a rollout goes: fixed when it begins. */
#define POLICY_OPTS                                                                                \
    OPT_SERIAL, OPT_MAX_FAILED, OPT_MAX_UNAVAILABLE, OPT_SOAK, OPT_APPROVAL, OPT_RESTART,          \
        OPT_RESTART_TIMEOUT, OPT_RESTART_DELAY, OPT_QUIET, OPT_SETTLE, OPT_LOOK, OPT_STEP_TIMEOUT, \
        OPT_VERIFY_TIMEOUT

static const enum opt no_opts[] = {OPTS};
static const enum opt list_opts[] = {OPT_LIMIT, OPT_FORMAT, OPTS};
static const enum opt format_opts[] = {OPT_FORMAT, OPTS};
static const enum opt out_opts[] = {OPT_OUT, OPTS};
static const enum opt export_opts[] = {OPT_FORMAT, OPT_LIMIT, OPT_OUT, OPTS};
static const enum opt format_out_opts[] = {OPT_FORMAT, OPT_OUT, OPTS};
static const enum opt comment_opts[] = {OPT_COMMENT, OPTS};
static const enum opt plan_opts[] = {
    OPT_LIMIT, OPT_OUT, OPT_DETAILED_EXITCODE, OPT_FORKS, OPT_STEP_TIMEOUT, OPT_WAKE, LOGIN_OPTS,
    OPTS};
static const enum opt apply_opts[] = {OPT_YES, OPT_CHECK, OPT_LIMIT, OPT_WAKE, POLICY_OPTS,
                                      OPT_FORKS, LOGIN_OPTS, OPTS};
static const enum opt retry_opts[] = {
    OPT_FAILED, OPT_UNREACHABLE, OPT_INCONCLUSIVE, OPT_COMMENT, OPT_FORKS, LOGIN_OPTS, OPTS};
static const enum opt status_opts[] = {OPT_WATCH, OPT_FORMAT, OPTS};
static const enum opt resume_opts[] = {OPT_COMMENT, OPT_MAX_FAILED, OPT_FORKS, LOGIN_OPTS, OPTS};
static const enum opt rollback_opts[] = {OPT_WAVE, OPT_HOST, OPT_CHECK, OPT_YES,
                                         POLICY_OPTS, OPT_FORKS, LOGIN_OPTS, OPTS};

static const enum opt scan_opts[] = {
    OPT_LIMIT, OPT_PORTS, OPT_STARTTLS, OPT_ONLY_VERSIONS, OPT_COMPARE, OPT_CA_FILE,
    OPT_GENTLE, OPT_FORKS, OPT_TIMEOUT, OPT_FORMAT, OPTS};
static const enum opt verify_opts[] = {OPT_LIMIT, OPT_CA_FILE, OPT_GENTLE, OPT_FORKS,
                                       OPT_TIMEOUT, OPT_FORMAT, OPTS};
static const enum opt listen_opts[] = {OPT_STARTTLS, OPT_ONCE, OPT_COUNT, OPT_TIMEOUT,
                                       OPT_PLAYBOOK, OPT_BUILD, OPT_FORMAT, OPTS};

static const struct verb verbs[] = {
    {"init", GROUP_PREPARE, "", "Make the database",
     "Makes the one file that holds the inventory, the plans and the journal of everything that is "
     "done. Folders that are missing are made too; a database that is there already is never "
     "touched. Keep it on a local disk, not on a network share, and back it up: it holds the old "
     "values that a rollback puts back.",
     no_opts, 0, 0, verb_init},
    {"inventory import", GROUP_PREPARE, "FILE", "Read the hosts from FILE, a program or a folder",
     "Reads what Ansible reads: an inventory in INI, YAML or JSON form, a program that prints one "
     "when it is run with --list, or a folder of such; with group_vars/ and host_vars/ beside the "
     "file or within the folder. Or a CSV file whose first line names the columns: name, address, "
     "port, groups; every other column becomes a variable of the host.\n\n"
     "The new inventory takes the place of the old one as a whole; an error changes nothing. What "
     "came, changed and went is printed, and what was passed over is told. Passwords and encrypted "
     "values are left out, and you are told. Rollouts that exist keep the hosts they were made "
     "with.",
     no_opts, 1, 1, verb_inventory_import},
    {"inventory list", GROUP_PREPARE, "", "List the hosts and their groups",
     "--format is text, json or csv.", list_opts, 0, 0, verb_inventory_list},
    {"inventory show", GROUP_PREPARE, "HOST", "Show all that is known of one host",
     "--format is text, json or csv.", format_opts, 1, 1, verb_inventory_show},
    {"inventory export", GROUP_PREPARE, "", "Write the hosts as an inventory file",
     "Writes what `inventory import` and Ansible read: --format is ini, yaml, json or csv, and ini "
     "if it is not said. Every host stands there with all its variables, and every group with all "
     "its members; groups have no children and no variables of their own any more. In CSV all "
     "values are text.",
     export_opts, 0, 0, verb_inventory_export},
    {"lint", GROUP_PREPARE, "PLAYBOOK...", "Look for mistakes in playbooks",
     "Reads each playbook (YAML or .reg) and touches no host. What makes one unusable is an error "
     "with its line and column, and the exit code is 65. What looks wrong but can be used is a "
     "finding, FILE:LINE:COLUMN: text, and the exit code stays 0.",
     no_opts, 1, ARGS_MAX, verb_lint},
    {"convert", GROUP_PREPARE, "FILE.reg", "Make a playbook from a .reg file",
     "Prints the playbook, or writes it to the file that --out names. Look through the result: a "
     ".reg file says nothing of what must hold before or what TLS should be afterwards.",
     out_opts, 1, 1, verb_convert},
    {"export", GROUP_PREPARE, "PLAYBOOK", "Make a .reg file from a playbook",
     "Writes a version 5 .reg file, as regedit does, to the file that --out names or to standard "
     "output if that is no terminal. Guards, checks and titles cannot be said in a .reg file; you "
     "are told how many were left out. --format is reg.",
     format_out_opts, 1, 1, verb_export},

    {"plan", GROUP_CHANGE, "PLAYBOOK", "See exactly what would change on which host",
     "Reads every value that the playbook speaks of from every host, and changes nothing: but for "
     "--wake-remote-registry, which says so in the plan. With "
     "--out, FILE is what `swell apply` takes: it will do exactly that and nothing else, and it "
     "leaves a host alone whose values have changed since.",
     plan_opts, 1, 1, verb_plan},
    {"apply", GROUP_CHANGE, "PLAN|PLAYBOOK", "Carry it out, wave by wave",
     "On each host the old values are saved first, then the new ones are written, the host is "
     "restarted if a change needs it, and TLS is tried. The next wave begins when the one before "
     "it is well. A playbook is planned first, and carried out unseen only with --yes.\n\n"
     "Ctrl-C pauses: what has begun is finished, nothing new begins, and `swell resume` carries "
     "on. A second Ctrl-C stops at once, and `swell resume` sorts out what was under way.\n\n"
     "TIME is a number with its unit, as in 90s, 10m or 1h30m.",
     apply_opts, 1, 1, verb_apply},
    {"retry", GROUP_CHANGE, "[ROLLOUT]", "Try hosts again that did not end well",
     "Without --failed, --unreachable or --inconclusive all three are meant.", retry_opts, 0, 1,
     verb_retry},

    {"status", GROUP_WATCH, "[ROLLOUT]", "Where a rollout stands",
     "--format is text or json. -w stays and follows it; the rollout does not notice.", status_opts,
     0, 1, verb_status},
    {"pause", GROUP_WATCH, "[ROLLOUT]", "Begin no new host; finish those under way", NULL,
     comment_opts, 0, 1, verb_pause},
    {"resume", GROUP_WATCH, "[ROLLOUT]", "Carry on after a pause, a crash or a power cut",
     "What was under way when the last controller ended is looked into first; no host is restarted "
     "a second time on a guess. --max-failed gives a rollout that was stopped by its failure "
     "budget "
     "a larger one.",
     resume_opts, 0, 1, verb_resume},
    {"promote", GROUP_WATCH, "[ROLLOUT]", "Say go to the next wave",
     "For a rollout that waits between waves (--approval).", comment_opts, 0, 1, verb_promote},

    {"abort", GROUP_UNDO, "[ROLLOUT]", "End a rollout: hosts not yet begun are skipped",
     "Hosts under way are finished. Nothing is put back: see `swell rollback`.", comment_opts, 0, 1,
     verb_abort},
    {"rollback", GROUP_UNDO, "ROLLOUT", "Put back what a rollout changed",
     "A new rollout that brings back the saved values of the whole rollout, of one wave (--wave) "
     "or "
     "of one host (--host), with a restart and the checks where they are needed. A value that "
     "somebody else has changed since is left alone, and you are told.\n\n"
     "All hosts go at once and one that fails stops no other, unless --serial and --max-failed say "
     "otherwise here: what the environment and swell.yaml say of them is for rollouts.\n\n"
     "TIME is a number with its unit, as in 90s, 10m or 1h30m.",
     rollback_opts, 1, 1, verb_rollback},

    {"scan", GROUP_TLS, "[HOST[:PORT]...]", "See what TLS a port really speaks",
     "Asks each port with hellos of its own, so that what the local library refuses to speak is "
     "seen too: versions from SSL 2.0 to TLS 1.3, every cipher suite and whose order counts, key "
     "exchange, signatures, features, the certificates, and what is wrong with them. HOST is a "
     "name or an address, [::1]:443 for IPv6; or give --limit PATTERN for hosts of the inventory: "
     "their variable swell_ports (as in 443 3389/rdp) names the ports. What is said before TLS "
     "goes by the port; --starttls says it otherwise.\n\n"
     "At most 8 connections to one host are open at once, one with --gentle; --forks is the number "
     "of ports that are scanned at once (default here: 256). Refused hellos are logged by Windows "
     "(Schannel events 36874 and 36888): tell whoever watches them.\n\n"
     "`swell scan A B --compare` says which versions and cipher suites two ends share; an end may "
     "also be FILE.json, written by `swell scan` or `swell listen` with --format json.\n\n"
     "--format is text, json, jsonl or csv. Exit codes, added up: 0 every version of every port "
     "has a yes or a no; 4 a port cannot be connected to; 32 something is in doubt, does not speak "
     "TLS, or two ends share nothing.",
     scan_opts, 0, ARGS_MAX, verb_scan},
    {"verify", GROUP_TLS, "PLAYBOOK", "Say whether TLS is now as a playbook wants it",
     "Makes the handshakes of the playbook's `verify:` with the hosts of the inventory, without a "
     "login, and changes nothing. Each rule has a verdict on each host: passed, failed or "
     "inconclusive; what could not be observed is never passed. --forks is the number of ports "
     "that are asked at once (default here: 256).\n\n"
     "--format is text or json. The exit code is 32 unless all passed.",
     verify_opts, 1, 1, verb_verify},
    {"listen", GROUP_TLS, "ADDRESS:PORT", "Tell what a TLS client offers that comes here",
     "Takes the ClientHello of every client and tells versions, cipher suites, groups, signature "
     "algorithms, server name, ALPN, extensions, JA3 and JA4; then the client gets an alert "
     "(handshake_failure), and the connection ends. Point an old program at this address to see "
     "what it can do. With --starttls it first says what a server of that dialect says.\n\n"
     "With --playbook it also tells, for the defaults of --build or of each release of Windows "
     "Server, whether the client would still get through after the playbook; the exit code is 32 "
     "if one would not. What else is set on a host is not known here.\n\n"
     ":PORT listens on every address, and port 0 on a free one. It goes on until Ctrl-C, or until "
     "--once or --count is reached. --format is text, json or jsonl.",
     listen_opts, 1, 1, verb_listen},
    {"explain", GROUP_TLS, "[CODE|TEXT...]", "Tell what an error of TLS means and what to do",
     "Knows the alerts of TLS, SEC_E codes and HRESULTs (0x80090326, or as a signed number after "
     "--), numbers of WinHTTP and Winsock, events of Schannel, the names that browsers give, and "
     "what messages of .NET, SQL Server, curl, OpenSSL and Java say; also the names that a scan "
     "gives to its findings. Without a question it lists those.\n\n"
     "The exit code is 65 when nothing is known of it. --format is text or json.",
     format_opts, 0, ARGS_MAX, verb_explain},

    {"history", GROUP_PROVE, "HOST", "All that was ever done to one host",
     "--format is text or json.", format_opts, 1, 1, verb_history},
    {"report", GROUP_PROVE, "[ROLLOUT]", "What a rollout did, host by host",
     "--format is text or json.", format_out_opts, 0, 1, verb_report},
    {"owed", GROUP_PROVE, "", "Hosts whose changes still wait for a restart",
     "Also hosts that have left the inventory since. --format is text, json or csv.", list_opts,
     0, 0, verb_owed},
    {"audit verify", GROUP_PROVE, "[FILE]", "Prove that nobody edited the record",
     "Checks every link of the journal's chain, that every event could follow the one before it, "
     "and that every plan is the one that was carried out; in the database FILE, or in the one in "
     "use. It only reads, and needs no network.\n\n"
     "Who can write the file can make a whole new chain. Keep the printed head elsewhere, and a "
     "later one can be compared with it.",
     no_opts, 0, 1, verb_audit_verify},
};

struct verb_table verb_table(void)
{
    return (struct verb_table){.verbs = verbs, .n = COUNT(verbs)};
}
