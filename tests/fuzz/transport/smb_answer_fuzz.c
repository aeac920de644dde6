/* What a host answers, from the TCP stream to the decoder of each command. The first byte chooses
 * the command; the rest is the stream. */
#include "base/clock.h"
#include "transport/smb/connection.h"
#include "transport/smb/create.h"
#include "transport/smb/ioctl.h"
#include "transport/smb/read_write.h"
#include "transport/smb/session.h"
#include "transport/smb/tree.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#define STREAM_MAX 60000 /* what fits a socket's buffer */
#define LONG_MS 60000

/* Touches every byte of a view, so that the sanitizer sees one that points outside. */
static void view_use(struct rd view)
{
    volatile uint8_t sum = 0;

    if (view.bad)
        abort();
    for (size_t i = 0; i < view.left; i++)
        sum = (uint8_t)(sum + view.at[i]);
}

static void answer_decode(const struct smb_answer *a)
{
    struct smb_session_reply session;
    struct smb_tree_reply tree;
    struct smb_file_id id;
    uint32_t written;
    struct rd data;

    (void)!smb_answer_status(a, NULL);
    if (smb_session_setup_get(a->message, &session) == OK)
        view_use(session.token);
    if (smb_transceive_get(a->message, &data) == OK)
        view_use(data);
    if (smb_read_get(a->message, &data) == OK)
        view_use(data);
    (void)!smb_tree_connect_get(a->body, &tree);
    (void)!smb_create_get(a->body, &id);
    (void)!smb_write_get(a->body, &written);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    struct smb_connection c;
    struct smb_answer a;
    int ends[2];

    if (n < 1 || n > STREAM_MAX || socketpair(AF_UNIX, SOCK_STREAM, 0, ends) != 0)
        return 0;
    if (fcntl(ends[0], F_SETFL, O_NONBLOCK) != 0 ||
        write(ends[1], bytes + 1, n - 1) != (ssize_t)n - 1)
        abort();
    smb_connection_init(&c, ends[0], clock_mono_ms() + LONG_MS);
    c.session_id = bytes[0] >> 4;
    wr_le16(smb_request(&c, (enum smb_command)(bytes[0] & 15)), 4);
    (void)shutdown(ends[1], SHUT_WR);
    while (smb_exchange(&c, &a, NULL) == OK) {
        answer_decode(&a);
        c.credits = 1;
        wr_le16(smb_request(&c, (enum smb_command)(bytes[0] & 15)), 4);
    }
    smb_connection_fini(&c);
    (void)close(ends[1]);
    return 0;
}
