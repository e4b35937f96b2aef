import { words } from '../lib/language.js';

export const t = words({
  en: {
    signedOutTitle: 'Coupons are waiting for you', signedOut: 'Sign in to see what is on and to get your coupon. It takes a moment.',
    signIn: 'Sign in', signUp: 'Create an account',
    noneTitle: 'No event yet', none: 'There is nothing to claim at the moment. Please come back later.',
    unknownTitle: 'There is no such event', unknown: 'The address may be wrong, or the event was never here.', toStart: 'See what is on',
    open: 'Open now', upcoming: 'Opens soon', ended: 'Ended', paused: 'Paused', soldOut: 'Sold out',
    opensIn: 'Opens in', closesIn: 'Closes in', until: 'until {time}', opensAt: '{time}',
    remaining: 'Coupons left', unlimited: 'No limit', closed: 'Nothing to claim now',
    period: '{from} to {to}', periodFrom: 'from {from}', periodTo: 'until {to}',
    endedText: 'This event is over. Thank you for taking part.', pausedText: 'This event takes a short break. This page opens by itself when it goes on.',
    soldOutText: 'Every coupon has found its owner. If more are added, this page shows it by itself.',
    upcomingText: 'The button opens by itself at that moment.',
    claim: 'Get my coupon', claiming: 'One moment…', claimFor: 'Get a coupon for {work}', claimShort: 'Get a coupon', another: 'Get another one',
    yours: 'Your coupon', yoursMany: 'Your coupons', got: 'Here is your coupon', copyCode: 'code {code}', validUntil: 'Valid until {time}', noExpiry: 'Does not expire',
    redeemed: 'Used', expired: 'Expired', works: 'Choose a work', worksLead: 'One coupon for each work you like.', others: 'More events',
    next: 'Next windows', announceOpen: 'The event is open now.', announceSoldOut: 'All coupons are gone.',
    r_sold_out: 'Sold out', r_window_sold_out: 'This window is sold out', r_already_issued: 'You have yours already', r_outside_event_window: 'Not open now',
    r_campaign_not_active: 'Not open now', r_rate_limited: 'A little too fast', r_overloaded: 'Very busy right now', r_other: 'No coupon this time',
  },
  ko: {
    signedOutTitle: '쿠폰이 기다리고 있어요', signedOut: '로그인하면 진행 중인 이벤트를 보고 쿠폰을 받을 수 있습니다.',
    signIn: '로그인', signUp: '회원가입',
    noneTitle: '아직 이벤트가 없습니다', none: '지금은 받을 수 있는 쿠폰이 없습니다. 나중에 다시 찾아 주세요.',
    unknownTitle: '그런 이벤트는 없습니다', unknown: '주소가 잘못되었거나 없는 이벤트입니다.', toStart: '진행 중인 이벤트 보기',
    open: '진행 중', upcoming: '시작 전', ended: '종료', paused: '일시 중지', soldOut: '모두 소진',
    opensIn: '시작까지', closesIn: '마감까지', until: '{time}까지', opensAt: '{time}',
    remaining: '남은 쿠폰', unlimited: '제한 없음', closed: '지금은 받을 수 없습니다',
    period: '{from} ~ {to}', periodFrom: '{from}부터', periodTo: '{to}까지',
    endedText: '이벤트가 종료되었습니다. 참여해 주셔서 감사합니다.', pausedText: '이벤트가 잠시 멈췄습니다. 다시 시작되면 이 화면이 저절로 바뀝니다.',
    soldOutText: '쿠폰이 모두 소진되었습니다. 추가되면 이 화면이 저절로 바뀝니다.',
    upcomingText: '시간이 되면 버튼이 저절로 열립니다.',
    claim: '쿠폰 받기', claiming: '잠시만요…', claimFor: '{work} 쿠폰 받기', claimShort: '쿠폰 받기', another: '하나 더 받기',
    yours: '내 쿠폰', yoursMany: '내 쿠폰', got: '쿠폰을 받았습니다', copyCode: '코드 {code}', validUntil: '{time}까지 사용 가능', noExpiry: '유효 기간 없음',
    redeemed: '사용함', expired: '만료', works: '작품을 골라 주세요', worksLead: '작품마다 쿠폰을 한 장씩 받을 수 있어요.', others: '다른 이벤트',
    next: '다음 시간', announceOpen: '이벤트가 시작되었습니다.', announceSoldOut: '쿠폰이 모두 소진되었습니다.',
    r_sold_out: '모두 소진되었습니다', r_window_sold_out: '이번 시간 쿠폰이 소진되었습니다', r_already_issued: '이미 쿠폰을 받았습니다', r_outside_event_window: '지금은 받을 수 없습니다',
    r_campaign_not_active: '지금은 받을 수 없습니다', r_rate_limited: '요청이 너무 잦습니다', r_overloaded: '접속이 많습니다', r_other: '쿠폰을 받지 못했습니다',
  },
});

export const refusalTitle = (code) => {
  const name = `r_${code}`;
  const title = t(name);
  return title === name ? t('r_other') : title;
};
