/** What to do about a TLS connection that did not come about. */

/** By the codes of Node and OpenSSL. */
export function tlsAdvice(errorCode: string | null): string {
  switch (errorCode) {
    case 'CERT_HAS_EXPIRED':
      return 'The certificate of the server has expired: renew it there. If it has not, the clock of this machine is wrong.';
    case 'CERT_NOT_YET_VALID':
      return 'The certificate is not valid yet: the clock of this machine or of the one who issued it is wrong.';
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
      return 'The certificate is for other names: use one of those that the detail lists.';
    case 'DEPTH_ZERO_SELF_SIGNED_CERT':
      return 'The server signed its certificate itself: name that certificate as an authority in the context.';
    case 'SELF_SIGNED_CERT_IN_CHAIN':
    case 'UNABLE_TO_VERIFY_LEAF_SIGNATURE':
    case 'UNABLE_TO_GET_ISSUER_CERT':
    case 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY':
      return 'The authority behind the certificate is not known here: name it in the context, or let the server send the whole chain.';
    case 'EPROTO':
    case 'ERR_SSL_WRONG_VERSION_NUMBER':
      return 'The port does not speak TLS, or none that both sides know: try http://.';
    case null:
    default:
      return (errorCode ?? '').includes('ALERT')
        ? 'The server broke it off: it may want a certificate from us (mTLS); name certificate and key in the context.'
        : 'Read the reason in the detail; openssl s_client -connect HOST:PORT shows the certificate.';
  }
}
