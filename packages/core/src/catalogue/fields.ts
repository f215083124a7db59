/** Groups of field names that several event types share; a type that lacks one of a group lists its fields one by one. */

/** The record itself and whose it is. */
export const IDENTITY = "customer_id event_id subaccount_id timestamp type";

/** Where a message comes from and whom it is for. */
export const ORIGIN =
  "campaign_id friendly_from ip_pool raw_rcpt_to rcpt_hash rcpt_meta rcpt_tags rcpt_to recipient_domain routing_domain sending_ip template_id template_version transactional transmission_id";

/** The variant of an A/B test that a message is. */
export const AB_TEST = "ab_test_id ab_test_version";

/** The message and its way through the queue. */
export const MESSAGE =
  "injection_time ip_address message_id msg_from msg_size num_retries queue_time scheduled_time subject";

/** What of a message is tracked. */
export const TRACKING = "amp_enabled click_tracking initial_pixel open_tracking";

/** Why it went wrong. */
export const REASON = "bounce_class error_code raw_reason reason";

/** Addresses of a text message. */
export const SMS = "sms_dst sms_dst_npi sms_dst_ton sms_src sms_src_npi sms_src_ton";

/** What text messages, push messages and copies alone have, so that the mail of the samples has none of it. */
export const NOT_OF_A_MAIL = `${SMS} sms_coding sms_remoteids sms_segments sms_text device_token rcpt_type`;

/** Internals that only an on-premises Momentum names. */
export const ON_PREMISES =
  "binding binding_group conn_name conn_stage msg_batchname msg_spoolname node_name recv_method";

/** An inbound message that is relayed. */
export const INBOUND =
  "injection_time message_id msg_from origination raw_rcpt_to rcpt_hash rcpt_to recv_method relay_id";
