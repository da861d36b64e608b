export * from './elementwise';
export * from './fused';
export * from './matrix';
export * from './reduce';
export * from './shape-ops';
