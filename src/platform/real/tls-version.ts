/** The oldest TLS that is spoken, to servers and to proxies. */
export const TLS_VERSION_MIN = 'TLSv1.2';
