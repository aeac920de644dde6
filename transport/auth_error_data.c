#include "transport/auth_reasons.h"

#define DER_INTEGER 0x02
#define DER_OCTETS 0x04
#define DER_SEQUENCE 0x30
#define DER_TYPE 0xa1  /* [1] */
#define DER_VALUE 0xa2 /* [2] */
#define KERB_ERR_TYPE_EXTENDED 3

/* The content of the next element; bad if it is none of that tag. */
static struct rd der_take(struct rd *r, uint8_t tag)
{
    uint8_t is = rd_u8(r);
    size_t n = rd_u8(r);

    if (n == 0x81)
        n = rd_u8(r);
    else if (n == 0x82)
        n = rd_be16(r);
    else if (n > 0x82)
        r->bad = true;
    if (is != tag || r->bad) {
        *r = (struct rd){.bad = true};
        return *r;
    }
    return rd_sub(r, n);
}

static bool der_is(const struct rd *r, uint8_t tag)
{
    return !r->bad && r->left > 0 && *r->at == tag;
}

/* 0 if the element is of another type, or cut. */
static uint32_t element_status(struct rd element)
{
    struct rd type = der_take(&element, DER_TYPE);
    struct rd number = der_take(&type, DER_INTEGER);
    uint8_t kind = rd_u8(&number);
    struct rd value = der_take(&element, DER_VALUE);
    struct rd bytes = der_take(&value, DER_OCTETS);
    uint32_t status = rd_le32(&bytes);

    rd_skip(&bytes, 8); /* reserved, flags */
    return kind == KERB_ERR_TYPE_EXTENDED && rd_end(&number) == OK && rd_end(&bytes) == OK ? status
                                                                                           : 0;
}

/* Windows sends the element alone, a domain controller over MIT's library a list of them. */
uint32_t auth_error_data_status(struct rd e_data)
{
    struct rd whole = der_take(&e_data, DER_SEQUENCE);
    uint32_t status = 0;

    if (!der_is(&whole, DER_SEQUENCE))
        return whole.bad ? 0 : element_status(whole);
    while (status == 0 && der_is(&whole, DER_SEQUENCE))
        status = element_status(der_take(&whole, DER_SEQUENCE));
    return status;
}
