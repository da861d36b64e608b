/** By our id, or by the caller's own. */
export type Reference = { readonly id: string } | { readonly externalId: string };
