export * from './elementwise';
export * from './matrix';
export * from './reduce';
export * from './shape-ops';
