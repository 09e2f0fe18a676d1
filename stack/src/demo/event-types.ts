import type { EventTypeDraft } from '@hermes/contracts/event-type';

type Schema = Record<string, unknown>;
interface Words {
  readonly en: string;
  readonly zh: string;
}

/** A property: its title in both languages, its JSON Schema, and what else is known of it. */
const field = (en: string, zh: string, schema: Schema, example: unknown): Schema => ({
  ...schema,
  'x-title': { en, zh } satisfies Words,
  examples: [example],
});

const id = (en: string, zh: string, example: string): Schema =>
  field(en, zh, { type: 'string', minLength: 1, maxLength: 128 }, example);
const instant = (en: string, zh: string): Schema =>
  field(en, zh, { type: 'string', format: 'date-time' }, '2026-03-01T02:30:00.000Z');
const quantity = (en: string, zh: string, unit: string, minimum: number, maximum: number, example: number): Schema =>
  field(en, zh, { type: 'number', minimum, maximum, 'x-unit': unit }, example);
const count = (en: string, zh: string, maximum: number, example: number): Schema =>
  field(en, zh, { type: 'integer', minimum: 0, maximum }, example);
/** Money is a decimal string with two places: no binary fraction ever touches it. */
const money = (en: string, zh: string, example: string): Schema =>
  field(en, zh, { type: 'string', pattern: '^(0|[1-9]\\d{0,12})\\.\\d{2}$', 'x-unit': 'CNY' }, example);

export const LINES = ['second-hand', 'new-home', 'rental', 'decoration'] as const;
/** Line of business. */
export type Line = (typeof LINES)[number];

const line = field('Line of business', '业务线', { enum: LINES }, 'second-hand');
const district = field('District', '城区', { type: 'string', minLength: 1, maxLength: 64 }, 'riverside');
const brokerId = id('Broker', '经纪人', 'b-17');
const customerId = id('Customer', '客户', 'c-204');
const listingId = id('Listing', '房源', 'l-58');
const appointmentId = id('Appointment', '预约', 'a-1a2b3c-77');
const showingId = id('Showing', '带看', 's-1a2b3c-77');
const areaM2 = quantity('Floor area', '建筑面积', 'm2', 1, 5_000, 89.5);
const longitude = quantity('Longitude', '经度', 'degrees', -180, 180, 120.21);
const latitude = quantity('Latitude', '纬度', 'degrees', -90, 90, 30.25);

const object = (required: readonly string[], properties: Record<string, Schema>, more: Schema = {}): Schema => ({
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  type: 'object',
  required,
  properties,
  additionalProperties: false,
  ...more,
});

const place = (name: string, system: 'WGS84' | 'BD-09'): EventTypeDraft['places'] => [
  { name, longitude: 'longitude', latitude: 'latitude', system },
];

/** A home is never sold for less than 100,000 CNY: what says so is a slip of the pen (a price in the wrong unit). */
const PLAUSIBLE_SALE = {
  if: { properties: { line: { enum: ['second-hand', 'new-home'] } } },
  then: {
    properties: {
      totalPriceCny: { type: 'string', pattern: '^[1-9]\\d{5,12}\\.\\d{2}$', examples: ['3350000.00'] },
    },
  },
};

/** The first event types of the catalogue, by name. Phones give WGS84; listings and deals stand on a BD-09 map. */
export const DEMO_EVENT_TYPES: Readonly<Record<string, EventTypeDraft>> = {
  'broker.location': {
    title: { en: 'Broker location', zh: '经纪人位置' },
    description: {
      en: "A fix of a broker's phone. The subject is the broker.",
      zh: '经纪人手机上报的一次定位。主体为经纪人。',
    },
    schema: object(['longitude', 'latitude'], {
      longitude,
      latitude,
      accuracyM: quantity('Accuracy', '定位精度', 'm', 0, 100_000, 8),
      altitudeM: quantity('Altitude', '海拔', 'm', -1_000, 20_000, 43.2),
    }),
    places: place('position', 'WGS84'),
    example: { longitude: 120.2093, latitude: 30.2458, accuracyM: 8 },
  },
  'appointment.created': {
    title: { en: 'Appointment created', zh: '预约带看' },
    description: {
      en: 'A broker and a customer agree to see a listing. The subject is the broker.',
      zh: '经纪人与客户约定看房。主体为经纪人。',
    },
    schema: object(['appointmentId', 'customerId', 'listingId', 'line', 'startsAt'], {
      appointmentId,
      customerId,
      listingId,
      line,
      district,
      startsAt: instant('Starts at', '约定时间'),
      longitude,
      latitude,
    }),
    places: place('listing', 'BD-09'),
    example: {
      appointmentId: 'a-1a2b3c-77',
      customerId: 'c-204',
      listingId: 'l-58',
      line: 'second-hand',
      district: 'riverside',
      startsAt: '2026-03-01T02:30:00.000Z',
      longitude: 120.2209,
      latitude: 30.2494,
    },
  },
  'showing.checked_in': {
    title: { en: 'Showing checked in', zh: '带看签到' },
    description: {
      en: 'The broker has arrived at the listing and checks in with the phone. The subject is the broker.',
      zh: '经纪人到达房源后用手机签到。主体为经纪人。',
    },
    schema: object(['showingId', 'appointmentId', 'listingId', 'longitude', 'latitude'], {
      showingId,
      appointmentId,
      listingId,
      longitude,
      latitude,
      distanceM: quantity('Distance to the listing', '距房源距离', 'm', 0, 1_000_000, 23),
    }),
    places: place('position', 'WGS84'),
    example: {
      showingId: 's-1a2b3c-77',
      appointmentId: 'a-1a2b3c-77',
      listingId: 'l-58',
      longitude: 120.2093,
      latitude: 30.2458,
      distanceM: 23,
    },
  },
  'showing.held': {
    title: { en: 'Showing held', zh: '带看完成' },
    description: {
      en: 'A showing has ended. The subject is the broker.',
      zh: '一次带看结束。主体为经纪人。',
    },
    schema: object(['showingId', 'appointmentId', 'customerId', 'listingId', 'line', 'durationMin'], {
      showingId,
      appointmentId,
      customerId,
      listingId,
      line,
      district,
      durationMin: quantity('Duration', '时长', 'min', 0, 600, 4.5),
    }),
    places: [],
    example: {
      showingId: 's-1a2b3c-77',
      appointmentId: 'a-1a2b3c-77',
      customerId: 'c-204',
      listingId: 'l-58',
      line: 'second-hand',
      district: 'riverside',
      durationMin: 4.5,
    },
  },
  'customer.browsed': {
    title: { en: 'Customer browsed', zh: '客户浏览' },
    description: {
      en: 'A customer has looked at a listing in the app. The subject is the customer.',
      zh: '客户在 App 中浏览了一套房源。主体为客户。',
    },
    schema: object(['listingId', 'line'], {
      listingId,
      line,
      district,
      durationS: quantity('Time on the page', '停留时长', 's', 0, 86_400, 41),
    }),
    places: [],
    example: { listingId: 'l-58', line: 'second-hand', district: 'riverside', durationS: 41 },
  },
  'customer.called': {
    title: { en: 'Customer called', zh: '客户来电' },
    description: {
      en: 'A customer has called a broker about a listing. The subject is the customer.',
      zh: '客户就某套房源致电经纪人。主体为客户。',
    },
    schema: object(['brokerId', 'listingId', 'line'], {
      brokerId,
      listingId,
      line,
      durationS: quantity('Length of the call', '通话时长', 's', 0, 86_400, 95),
    }),
    places: [],
    example: { brokerId: 'b-17', listingId: 'l-58', line: 'second-hand', durationS: 95 },
  },
  'customer.visited': {
    title: { en: 'Customer visited', zh: '客户到店' },
    description: {
      en: "A customer has come to a broker's shop. The subject is the customer.",
      zh: '客户到访经纪人门店。主体为客户。',
    },
    schema: object(['brokerId', 'district', 'line'], { brokerId, district, line }),
    places: [],
    example: { brokerId: 'b-17', district: 'riverside', line: 'second-hand' },
  },
  'listing.published': {
    title: { en: 'Listing published', zh: '房源上架' },
    description: {
      en: 'A listing goes on the market; for rental the price is per month. The subject is the listing.',
      zh: '房源上架；租赁价格为月租。主体为房源。',
    },
    schema: object(['line', 'district', 'brokerId', 'priceCny', 'areaM2'], {
      line,
      district,
      brokerId,
      priceCny: money('Asking price', '挂牌价', '3500000.00'),
      areaM2,
      rooms: count('Rooms', '居室数', 50, 3),
      longitude,
      latitude,
    }),
    places: place('listing', 'BD-09'),
    example: {
      line: 'second-hand',
      district: 'riverside',
      brokerId: 'b-17',
      priceCny: '3500000.00',
      areaM2: 89.5,
      rooms: 3,
      longitude: 120.2209,
      latitude: 30.2494,
    },
  },
  'listing.price_changed': {
    title: { en: 'Listing price changed', zh: '房源调价' },
    description: {
      en: 'The asking price of a listing has changed. The subject is the listing.',
      zh: '房源挂牌价发生变化。主体为房源。',
    },
    schema: object(['line', 'district', 'oldPriceCny', 'newPriceCny', 'changePercent'], {
      line,
      district,
      oldPriceCny: money('Price before', '调价前', '3500000.00'),
      newPriceCny: money('Price after', '调价后', '3350000.00'),
      changePercent: quantity('Change', '涨跌幅', '%', -100, 1_000, -4.29),
    }),
    places: [],
    example: {
      line: 'second-hand',
      district: 'riverside',
      oldPriceCny: '3500000.00',
      newPriceCny: '3350000.00',
      changePercent: -4.29,
    },
  },
  'deal.signed': {
    title: { en: 'Deal signed', zh: '签约成交' },
    description: {
      en: 'A contract has been signed; for rental the price is per month. The subject is the broker, or the community where no broker is known.',
      zh: '合同签署；租赁价格为月租。主体为经纪人；经纪人未知时为小区。',
    },
    schema: object(
      ['dealId', 'line', 'district', 'totalPriceCny', 'areaM2', 'signedAt'],
      {
        dealId: id('Deal', '成交编号', 'd-1a2b3c-90'),
        line,
        district,
        brokerId,
        customerId,
        listingId,
        communityId: id('Community', '小区', '1111027380050'),
        totalPriceCny: money('Price', '成交价', '3350000.00'),
        areaM2,
        signedAt: instant('Signed at', '签约时间'),
        longitude,
        latitude,
        followers: count('Followers', '关注人数', 1_000_000, 12),
        livingRooms: count('Bedrooms and living rooms', '居室数', 30, 3),
        bathRooms: count('Bathrooms', '卫生间数', 30, 2),
        floors: field('Floors of the building', '总楼层', { type: 'integer', minimum: -1, maximum: 200 }, 18),
        builtYear: field('Year of construction', '建成年份', { type: 'integer', minimum: 1800, maximum: 2100 }, 2003),
        hasElevator: field('Elevator', '有电梯', { type: 'boolean' }, true),
        nearSubway: field('Near a subway', '近地铁', { type: 'boolean' }, true),
        communityAverageCnyPerM2: quantity(
          'Average price in the community',
          '小区均价',
          'CNY/m2',
          0,
          10_000_000,
          36_411,
        ),
      },
      PLAUSIBLE_SALE,
    ),
    places: place('home', 'BD-09'),
    example: {
      dealId: 'd-1a2b3c-90',
      line: 'second-hand',
      district: 'riverside',
      brokerId: 'b-17',
      customerId: 'c-204',
      listingId: 'l-58',
      totalPriceCny: '3350000.00',
      areaM2: 89.5,
      signedAt: '2026-03-01T02:30:00.000Z',
    },
  },
};
