import { defineConfig } from 'prisma/config';

// For Prisma's own command line (generate, migrate). The program applies migrations by itself at start.
export default defineConfig({
  schema: 'prisma/schema.prisma',
  migrations: { path: 'prisma/migrations' },
  ...(process.env['DATABASE_URL'] ? { datasource: { url: process.env['DATABASE_URL'] } } : {}),
});
