import { uniqueName } from '@hermes/service-kit/testing/test-project';

// The servers are shared, and a service does the work of every project on its control topic: each test file has its own, so that
// no service of another file takes a partition, a notification or an erasure of this one.
process.env['HERMES_CONTROL_TOPIC'] = uniqueName('control');
