/** The tenant: every row belongs to exactly one, and none sees another's. */
export interface Advertiser {
  readonly id: string;
  readonly name: string;
  readonly createdAt: Date;
}
