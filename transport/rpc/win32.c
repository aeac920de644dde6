#include "transport/rpc/win32.h"

static const struct win32 {
    uint32_t code;
    enum err err;
    const char *name;
    const char *words;
} codes[] = {
    {WIN32_FILE_NOT_FOUND, E_ABSENT, "ERROR_FILE_NOT_FOUND", "it does not exist"},
    {WIN32_PATH_NOT_FOUND, E_ABSENT, "ERROR_PATH_NOT_FOUND", "it does not exist"},
    {WIN32_ACCESS_DENIED, E_DENIED, "ERROR_ACCESS_DENIED", "access denied"},
    {6, E_CUT, "ERROR_INVALID_HANDLE", "the service has forgotten what was open"},
    {8, E_UNAVAILABLE, "ERROR_NOT_ENOUGH_MEMORY", "the host is out of memory"},
    {13, E_REFUSED, "ERROR_INVALID_DATA", "the host takes the data for invalid"},
    {14, E_UNAVAILABLE, "ERROR_OUTOFMEMORY", "the host is out of memory"},
    {19, E_GOING_DOWN, "ERROR_WRITE_PROTECT", "the host is shutting down"},
    {21, E_GOING_DOWN, "ERROR_NOT_READY", "the host is starting or shutting down"},
    {50, E_UNSUPPORTED, "ERROR_NOT_SUPPORTED", "the host does not do that"},
    {53, E_REFUSED, "ERROR_BAD_NETPATH",
     "the host refused (a privilege is missing, or its own path is wrong)"},
    {87, E_REFUSED, "ERROR_INVALID_PARAMETER", "the host found a mistake in what was asked"},
    {120, E_UNSUPPORTED, "ERROR_CALL_NOT_IMPLEMENTED", "the host does not do that"},
    {WIN32_INSUFFICIENT_BUFFER, E_REFUSED, "ERROR_INSUFFICIENT_BUFFER",
     "the answer is larger than asked for"},
    {124, E_UNSUPPORTED, "ERROR_INVALID_LEVEL", "the host does not tell that much"},
    {161, E_REFUSED, "ERROR_BAD_PATHNAME", "the host takes the name for invalid"},
    {170, E_UNAVAILABLE, "ERROR_BUSY", "the host is busy"},
    {183, E_EXISTS, "ERROR_ALREADY_EXISTS", "it exists already"},
    {WIN32_MORE_DATA, E_REFUSED, "ERROR_MORE_DATA", "the answer is larger than asked for"},
    {WIN32_NO_MORE_ITEMS, E_ABSENT, "ERROR_NO_MORE_ITEMS", "there are no more"},
    {1009, E_REFUSED, "ERROR_BADDB", "the host's registry is damaged"},
    {1010, E_REFUSED, "ERROR_BADKEY", "the host's registry key is damaged"},
    {1011, E_REFUSED, "ERROR_CANTOPEN", "the host cannot open the registry key"},
    {1012, E_REFUSED, "ERROR_CANTREAD", "the host cannot read the registry key"},
    {1013, E_REFUSED, "ERROR_CANTWRITE", "the host cannot write the registry key"},
    {1015, E_REFUSED, "ERROR_REGISTRY_CORRUPT", "the host's registry is damaged"},
    {1016, E_REFUSED, "ERROR_REGISTRY_IO_FAILED", "the host's disk failed under the registry"},
    {WIN32_KEY_DELETED, E_ABSENT, "ERROR_KEY_DELETED", "the key is being deleted"},
    {1019, E_REFUSED, "ERROR_NO_LOG_SPACE", "the host's registry is full"},
    {1020, E_REFUSED, "ERROR_KEY_HAS_CHILDREN", "the key has subkeys"},
    {1021, E_REFUSED, "ERROR_CHILD_MUST_BE_VOLATILE",
     "the key above it is gone at the next restart"},
    {1051, E_REFUSED, "ERROR_DEPENDENT_SERVICES_RUNNING", "other services need it"},
    {1052, E_REFUSED, "ERROR_INVALID_SERVICE_CONTROL", "the service does not take that order"},
    {1053, E_UNAVAILABLE, "ERROR_SERVICE_REQUEST_TIMEOUT", "the service does not answer its host"},
    {1055, E_UNAVAILABLE, "ERROR_SERVICE_DATABASE_LOCKED",
     "the host's list of services is locked for a moment"},
    {WIN32_SERVICE_ALREADY_RUNNING, E_EXISTS, "ERROR_SERVICE_ALREADY_RUNNING",
     "the service runs already"},
    {1057, E_REFUSED, "ERROR_INVALID_SERVICE_ACCOUNT", "the service's account is not valid"},
    {WIN32_SERVICE_DISABLED, E_REFUSED, "ERROR_SERVICE_DISABLED", "the service is disabled"},
    {1060, E_ABSENT, "ERROR_SERVICE_DOES_NOT_EXIST", "there is no such service"},
    {WIN32_SERVICE_CANNOT_ACCEPT, E_UNAVAILABLE, "ERROR_SERVICE_CANNOT_ACCEPT_CTRL",
     "the service takes no orders now: it is starting or stopping"},
    {WIN32_SERVICE_NOT_ACTIVE, E_ABSENT, "ERROR_SERVICE_NOT_ACTIVE", "the service does not run"},
    {1065, E_ABSENT, "ERROR_DATABASE_DOES_NOT_EXIST", "the host has no such list of services"},
    {1068, E_REFUSED, "ERROR_SERVICE_DEPENDENCY_FAIL",
     "a service that it needs could not be started"},
    {1069, E_REFUSED, "ERROR_SERVICE_LOGON_FAILED", "the service could not log on"},
    {1072, E_REFUSED, "ERROR_SERVICE_MARKED_FOR_DELETE", "the service is being deleted"},
    {1075, E_REFUSED, "ERROR_SERVICE_DEPENDENCY_DELETED", "a service that it needs is not there"},
    {1115, E_GOING_DOWN, "ERROR_SHUTDOWN_IN_PROGRESS", "the host is shutting down already"},
    {WIN32_NO_SHUTDOWN, E_ABSENT, "ERROR_NO_SHUTDOWN_IN_PROGRESS", "no shutdown is under way"},
    {WIN32_SHUTDOWN_SCHEDULED, E_GOING_DOWN, "ERROR_SHUTDOWN_IS_SCHEDULED",
     "a shutdown is scheduled already"},
    {1191, E_REFUSED, "ERROR_SHUTDOWN_USERS_LOGGED_ON",
     "other users are logged on, and they were not to be forced out"},
    {1271, E_REFUSED, "ERROR_MACHINE_LOCKED", "the machine is locked, and was not to be forced"},
    {1307, E_DENIED, "ERROR_INVALID_OWNER", "the account may not own that"},
    {1314, E_DENIED, "ERROR_PRIVILEGE_NOT_HELD",
     "the account lacks the right to do that (for a restart: SeRemoteShutdownPrivilege)"},
    {1450, E_UNAVAILABLE, "ERROR_NO_SYSTEM_RESOURCES", "the host is out of resources"},
    {1717, E_UNSUPPORTED, "RPC_S_UNKNOWN_IF", "the host does not know that service"},
    {1722, E_UNAVAILABLE, "RPC_S_SERVER_UNAVAILABLE", "the service is not there"},
};

static const struct win32 *code_find(uint32_t code)
{
    for (size_t i = 0; i < COUNT(codes); i++)
        if (codes[i].code == code)
            return &codes[i];
    return NULL;
}

const char *win32_name(uint32_t code)
{
    const struct win32 *c = code_find(code);

    return c == NULL ? "" : c->name;
}

enum err win32_fail(struct why *why, uint32_t code)
{
    const struct win32 *c = code_find(code);

    if (code == WIN32_OK)
        return OK;
    if (c == NULL)
        return why_native(why, E_REFUSED, code, "", "the host refused");
    return why_native(why, c->err, code, c->name, "%s", c->words);
}
