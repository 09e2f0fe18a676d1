import { checkInFarAway } from './check-in-far-away.ts';
import { checkInWithoutAppointment } from './check-in-without-appointment.ts';
import { type CheckOverBytes, overBytes } from './check-over-bytes.ts';
import type { FindingKind } from './finding.ts';
import { impossibleTravel } from './impossible-travel.ts';
import { mockedPosition } from './mocked-position.ts';
import { noShow } from './no-show.ts';
import { offRoute } from './off-route.ts';
import { overlappingShowings } from './overlapping-showings.ts';
import { poachedCustomer } from './poached-customer.ts';
import { sharedDevice } from './shared-device.ts';
import { showingLength } from './showing-length.ts';
import { showingWithoutCheckIn } from './showing-without-check-in.ts';
import { stationary } from './stationary.ts';

/** Every check, as a console lists them. */
export const CHECKS: Readonly<Record<FindingKind, CheckOverBytes>> = {
  'impossible-travel': overBytes(impossibleTravel),
  'mocked-position': overBytes(mockedPosition),
  'shared-device': overBytes(sharedDevice),
  'check-in-far-away': overBytes(checkInFarAway),
  'check-in-without-appointment': overBytes(checkInWithoutAppointment),
  'no-show': overBytes(noShow),
  'showing-without-check-in': overBytes(showingWithoutCheckIn),
  'overlapping-showings': overBytes(overlappingShowings),
  'unusual-showing-length': overBytes(showingLength),
  'off-route': overBytes(offRoute),
  stationary: overBytes(stationary),
  'poached-customer': overBytes(poachedCustomer),
};
