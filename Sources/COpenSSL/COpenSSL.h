#pragma once

// OpenSSL 3 as Swift sees it. What the library offers only as a macro, which Swift cannot import, is a function here,
// named after the macro with `openssl_` before it.

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

static inline int openssl_SSL_set_tlsext_host_name(SSL *ssl, const char *name) {
    return (int)SSL_set_tlsext_host_name(ssl, name);
}

static inline int openssl_SSL_CTX_set_min_proto_version(SSL_CTX *context, int version) {
    return (int)SSL_CTX_set_min_proto_version(context, version);
}

static inline int openssl_SSL_CTX_set_max_proto_version(SSL_CTX *context, int version) {
    return (int)SSL_CTX_set_max_proto_version(context, version);
}

static inline void openssl_SSL_CTX_disable_session_cache(SSL_CTX *context) {
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
}

static inline void openssl_SSL_CTX_disable_renegotiation(SSL_CTX *context) {
    SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION);
}

static inline int openssl_SSL_CTX_add1_chain_cert(SSL_CTX *context, X509 *certificate) {
    return (int)SSL_CTX_add1_chain_cert(context, certificate);
}

static inline int openssl_BIO_pending(BIO *bio) {
    return BIO_pending(bio);
}

static inline int openssl_ERR_GET_LIB(unsigned long code) {
    return ERR_GET_LIB(code);
}

static inline int openssl_ERR_GET_REASON(unsigned long code) {
    return ERR_GET_REASON(code);
}

static inline void openssl_free(void *memory) {
    OPENSSL_free(memory);
}

static inline EVP_PKEY *openssl_EVP_EC_gen_P256(void) {
    return EVP_EC_gen("P-256");
}

/// A name on one line; control characters are escaped.
static inline int openssl_X509_NAME_print_oneline(BIO *out, const X509_NAME *name) {
    return X509_NAME_print_ex(out, name, 0, XN_FLAG_ONELINE);
}

/// One extension by its textual value; NULL when the value is not understood.
static inline X509_EXTENSION *openssl_X509V3_extension(int nid, const char *value, X509 *issuer, X509 *subject) {
    X509V3_CTX context;
    X509V3_set_ctx_nodb(&context);
    X509V3_set_ctx(&context, issuer, subject, NULL, NULL, 0);
    return X509V3_EXT_conf_nid(NULL, &context, nid, value);
}

static inline int openssl_GENERAL_NAMES_count(const GENERAL_NAMES *names) {
    return sk_GENERAL_NAME_num(names);
}

/// The text of a DNS name, or the 4 or 16 bytes of an IP address; NULL for the other kinds of name.
static inline const ASN1_STRING *openssl_GENERAL_NAMES_value(const GENERAL_NAMES *names, int index, int *isAddress) {
    const GENERAL_NAME *name = sk_GENERAL_NAME_value(names, index);
    *isAddress = name->type == GEN_IPADD;
    switch (name->type) {
    case GEN_DNS: return name->d.dNSName;
    case GEN_IPADD: return name->d.iPAddress;
    default: return NULL;
    }
}
