// Compiled against the packed library by a strict project that knows nothing of its sources.
import * as tickwork from 'tickwork';
import * as memory from 'tickwork/memory';
import * as sqlite from 'tickwork/sqlite';
import * as testing from 'tickwork/testing';

export const modules: readonly object[] = [tickwork, memory, sqlite, testing];
