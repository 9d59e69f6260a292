"""The columns of the five source documents, as each spells them: one line per table."""

SOURCES = {
    "messenger-collections": """
users: psid, referrer, name, first_name, last_name, profile_pic
messages: psid, message, messageId
saved assets: attachmentId, type, url
webhook-events: psid, event
configuration: key, value, Page access token, App secret, Admin email, Admin name, Admin phone number
""",
    "broadcast-collections": """
Adminsettings: name
Adminsettings.accessToken: token, expiryDate
Adminsettings.groupsRawHash: groupsRawHash
Broadcasts: state, messageStates, profileStatuses, broadcastOperations, editedState
Broadcasts.profileStatuses: fbProfIdStr, messageStateId, fbPostIdOt
MessageState: message
BroadcastOperation: date, userId, messageStateId, retryFl, debuglogIds, response
Users: firstName, lastName, states, authUserIdOt, loginEmail, contactEmail, isAdmin
Debuglogs: date, userId, ip, request, response, type, address
Groups: name, state, fbProfId, fbProfFailReason, fbUrl, lat, lng, twitter, phone, email, venue, urlOt
fbProfFailReason: reason, ref
FbProfs: idOt, name, isCertain, type, fbUrls
BadFbUrls: fbUrl, reason, response
CachedLocations: lat, lng, state, source
""",
    "agent-inbox-schema": """
positions: id, name, slug, description, permissions_json, is_system, created_at, updated_at
users: id, name, email, contact_number, country, emp_id, password_hash, role, position_id, is_active,
    can_receive_new_chats, created_at, updated_at
password_reset_tokens: id, user_id, token_hash, expires_at, used_at, created_at, updated_at
db_schema_snapshots: id, created_at, snapshot_json, comment
db_schema_changes: id, snapshot_id, change_type, table_name, column_name, details_json, created_at
instagram_accounts: id, user_id, page_id, access_token, username, connected_at
chats: id, instagram_user_id, facebook_user_id, username, profile_pic_url, last_message, status,
    assigned_to, unread_count, platform, facebook_page_id, created_at, updated_at, last_incoming_at,
    last_outgoing_at
assignment_cursors: name, last_user_id, updated_at
facebook_users: id, first_seen_at, last_seen_at, last_message, username, name, profile_pic_url
instagram_users: igsid, first_seen_at, last_seen_at, last_message, username, name
instagram_messages: id, chat_id, sender, content, message_type, timestamp, attachments_json, metadata_json,
    is_gif, is_ticklegram, platform, instagram_user_id
facebook_messages: id, chat_id, sender, content, message_type, timestamp, attachments_json, metadata_json,
    is_gif, is_ticklegram, platform, facebook_user_id
facebook_webhook_events: id, object, page_id, payload, received_at
facebook_pages: id, user_id, page_id, page_name, access_token, is_active, connected_at, updated_at
facebook_page_status_logs: id, page_id, changed_by, changed_to, changed_at, note
user_status_logs: id, user_id, changed_by, changed_to, changed_at, note
message_templates: id, name, content, category, platform, meta_template_id, meta_submission_id,
    meta_submission_status, is_meta_approved, created_by, created_at, updated_at
instagram_message_logs: id, igsid, message_id, direction, text, attachments_json, ts, created_at,
    raw_payload_json, metadata_json, is_gif, is_ticklegram
instagram_comments: id, media_id, author_id, text, hidden, action, mentioned_user_id, attachments_json, ts,
    created_at, updated_at
instagram_marketing_events: id, event_name, value, currency, pixel_id, external_event_id, status,
    payload_json, response_json, ts, created_at
instagram_insights: id, scope, entity_id, period, metrics_json, fetched_at
""",
    "chatbot-saas-hubs": """
users: id, email, password_hash, first_name, last_name, role, status, email_verified, last_login_at,
    created_at, updated_at
user_sessions: id, user_id, token_hash, expires_at, ip_address, user_agent, created_at
user_profiles: id, user_id, first_name, last_name, phone, avatar_url, timezone, language, bio,
    date_of_birth, gender, created_at, updated_at
user_preferences: id, user_id, email_notifications, sms_notifications, push_notifications, theme, currency,
    privacy_profile_visibility, privacy_activity_tracking, created_at, updated_at
user_activities: id, user_id, activity_type, description, ip_address, user_agent, metadata, created_at
user_addresses: id, user_id, address_type, street_address, city, state_province, postal_code, country,
    is_default, created_at, updated_at
tenants: id, name, description, status, visibility, owner_id, industry, company_size, website, logo_url,
    created_at, updated_at
tenant_members: id, tenant_id, user_id, role, status, invited_by, joined_at, updated_at
tenant_profiles: id, tenant_id, industry, company_size, website, logo_url, timezone, currency, language,
    business_hours, settings, created_at, updated_at
app_registry: id, name, description, category, app_type, status, version, developer, icon_url, screenshots,
    features, requirements, pricing, configuration_schema, created_at, updated_at
app_subscriptions: id, app_id, tenant_id, status, plan, configuration, usage_stats, billing_info,
    subscribed_at, updated_at
app_guards: id, app_id, tenant_id, guard_type, status, rules, created_at, updated_at
wallets: id, user_id, tenant_id, currency, balance, available_balance, frozen_balance, status, wallet_type,
    metadata, created_at, updated_at
transactions: id, wallet_id, transaction_type, amount, currency, status, description, fee, net_amount,
    metadata, external_transaction_id, created_at, completed_at
ledger: id, wallet_id, transaction_id, account_type, account_code, debit_amount, credit_amount, balance,
    description, created_at
messages: id, conversation_id, message_type, content, sender_id, sender_type, recipient_id, recipient_type,
    channel, status, metadata, external_message_id, created_at, delivered_at, read_at
conversations: id, participant_id, participant_type, channel, status, last_message_at, metadata, created_at,
    updated_at
routing_rules: id, tenant_id, name, priority, conditions, actions, status, created_at, updated_at
runtime_configs: id, config_key, config_value, config_type, scope, tenant_id, user_id, category,
    description, is_encrypted, validation_rules, created_at, updated_at
environment_configs: id, environment, config_key, config_value, config_type, description, created_at,
    updated_at
facebook_connections: id, tenant_id, page_id, page_name, page_access_token, webhook_secret,
    connection_status, metadata, created_at, updated_at
facebook_users: id, facebook_user_id, user_id, tenant_id, first_name, last_name, profile_pic_url, locale,
    timezone, last_interaction_at, created_at, updated_at
botpress_user_mappings: id, tenant_id, platform_user_id, platform_type, botpress_user_id, created_at,
    updated_at
""",
    "whatsapp-provider-schema": """
users: id, email, name
workspaces: id, slug, api_key, webhook_secret, settings
workspace_members: Users, Workspaces, role
conversations: status, window_expires_at, last_message_at
messages: wa_message_id, direction, type, content, status
media_files: storage_url, mime_type
templates: category, status, components
campaigns: status, total_contacts, sent_count, failed_count
campaign_messages: Campaign, Contact, Message
phone_numbers: phone_number_id, access_token
contacts: wa_id, opted_in, tags
""",
}


def columns_of(source: str) -> list[str]:
    """`table.column`, in the order of the document."""
    lines = SOURCES[source].replace(",\n", ",").strip().splitlines()
    return [
        f"{table}.{column.strip()}"
        for table, _, columns in (line.partition(":") for line in lines)
        for column in columns.split(",")
    ]
