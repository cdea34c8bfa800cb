/** The version of the library and the service, as in their manifests. */
export const version = '0.1.0';
