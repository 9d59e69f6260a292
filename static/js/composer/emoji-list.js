// Those that people write to customers, with the words they look for.
export const EMOJI = `😀 grin happy smile
😃 smile happy open
😄 smile laugh happy
😁 beam grin teeth
😆 laugh squint
😅 sweat smile relief
😂 joy tears laugh
🤣 rofl rolling laugh
🙂 slight smile
🙃 upside down
😉 wink
😊 blush smile warm
😇 angel innocent halo
🥰 love hearts adore
😍 heart eyes love
🤩 star eyes wow
😘 kiss blow
😋 yum tasty delicious
😛 tongue
😜 wink tongue joke
🤪 zany crazy
🤗 hug
🤭 giggle oops hand
🤫 shush quiet secret
🤔 think hmm
🤐 zip mouth
🤨 raised eyebrow doubt
😐 neutral
😑 expressionless
😶 no mouth silent
😏 smirk
😒 unamused
🙄 roll eyes
😬 grimace awkward
😌 relieved calm
😔 sad pensive
😪 sleepy
😴 sleep zzz
😷 mask ill
🤒 thermometer ill sick
🤕 hurt bandage
🤢 sick nausea
🤧 sneeze cold
🥵 hot
🥶 cold freezing
😵 dizzy
🤯 mind blown
🥳 party celebrate
😎 cool sunglasses
🤓 nerd
🧐 monocle inspect
😕 confused
😟 worried
🙁 frown sad
😮 surprised oh
😲 astonished
😳 flushed embarrassed
🥺 pleading please
😧 anguished
😨 afraid fear
😰 anxious sweat
😥 sad relieved
😢 cry sad tear
😭 sob cry loud
😱 scream fear
😞 disappointed
😓 sweat hard
😩 weary tired
😫 tired exhausted
🥱 yawn bored
😤 triumph huff
😡 angry red
😠 angry
🤬 swearing
💩 poo
🤖 robot bot
👋 wave hello bye hand
🤚 raised back hand
✋ hand stop high five
👌 ok perfect
🤏 pinch little
✌️ victory peace
🤞 fingers crossed luck
🤟 love you hand
🤙 call me
👈 left point
👉 right point
👆 up point
👇 down point
☝️ index one point
👍 thumbs up yes good like
👎 thumbs down no bad
✊ fist
👊 punch fist bump
👏 clap applause bravo
🙌 hooray hands celebrate
🫶 heart hands love
👐 open hands
🤝 handshake deal
🙏 thanks please pray
✍️ write
💪 strong muscle
👀 eyes look
🧠 brain
❤️ heart love red
🧡 heart orange
💛 heart yellow
💚 heart green
💙 heart blue
💜 heart purple
🖤 heart black
🤍 heart white
💔 broken heart
💕 hearts two
💯 hundred perfect
💢 anger
💥 boom
💫 dizzy star
💬 speech chat message
💤 sleep zzz
✨ sparkles shine new
⭐ star
🌟 star glow
🔥 fire hot
🎉 party tada congratulations
🎊 confetti celebrate
🎈 balloon birthday
🎁 gift present
🎂 cake birthday
🏆 trophy win
🥇 gold medal first
🎯 target goal
🎵 music note
📣 megaphone announce
🔔 bell reminder
✅ check done yes
☑️ check box
✔️ check mark
❌ cross no wrong
❎ cross box
❓ question
❗ exclamation important
⚠️ warning
🚫 forbidden no
⛔ stop no entry
♻️ recycle return
🆗 ok
🆕 new
🔝 top
➡️ right arrow
⬅️ left arrow
⬆️ up arrow
⬇️ down arrow
🔄 refresh again exchange
⏰ alarm clock time
⏳ hourglass wait
⌛ hourglass done
🕐 clock time
📅 calendar date
📆 calendar day
📌 pin
📍 place location map
🗺️ map
📎 paperclip attach
✂️ scissors
📝 note memo write
📄 page document
📋 clipboard list
📁 folder
📊 chart
📈 up chart growth
📉 down chart
🔍 search magnifier
🔑 key
🔒 lock
🔓 unlock
🔗 link
🛠️ tools repair fix
⚙️ settings gear
🔧 wrench fix
💡 idea light
🔋 battery
🔌 plug
💻 laptop computer
🖥️ desktop computer
📱 phone mobile
☎️ telephone call
📞 call phone
📧 email mail
✉️ letter mail
📩 mail in
📦 package parcel box
🚚 truck delivery shipping
🚛 lorry delivery
✈️ plane flight travel
🚗 car
🚕 taxi
🚌 bus
🚲 bike
🚀 rocket launch fast
⛵ boat
🏠 home house
🏢 office building
🏪 shop store
🏬 department store
🏥 hospital
🏦 bank
🏨 hotel
🛒 cart shopping
🛍️ bags shopping
👕 shirt clothes
👖 jeans trousers
👗 dress
👟 shoe sneaker
👠 heel shoe
👜 handbag
🧥 coat jacket
🧢 cap
👓 glasses
💍 ring
💎 gem diamond
💰 money bag
💵 dollar money
💶 euro money
💷 pound money
💳 card pay credit
🧾 receipt invoice bill
🏷️ label price tag
☀️ sun sunny
🌤️ sun cloud
☁️ cloud
🌧️ rain
⛈️ storm
❄️ snow cold
🌈 rainbow
🌊 wave sea
🌍 world earth globe
🌱 plant grow
🌳 tree
🌸 flower blossom
🌹 rose flower
🌻 sunflower
💐 bouquet flowers
🍀 clover luck
🐶 dog
🐱 cat
🐭 mouse
🐰 rabbit
🦊 fox
🐻 bear
🐼 panda
🦁 lion
🐸 frog
🐵 monkey
🙈 see no evil monkey
🙉 hear no evil monkey
🙊 speak no evil monkey
🐔 chicken
🐧 penguin
🦄 unicorn
🐝 bee
🦋 butterfly
🐢 turtle
🐟 fish
🍎 apple
🍌 banana
🍇 grapes
🍓 strawberry
🍉 melon
🍋 lemon
🥑 avocado
🍅 tomato
🥕 carrot
🍞 bread
🧀 cheese
🍔 burger
🍟 fries
🍕 pizza
🌮 taco
🍣 sushi
🍜 noodles soup
🍦 ice cream
🍩 doughnut
🍪 cookie
🍫 chocolate
☕ coffee
🍵 tea
🥤 drink
🍺 beer
🍷 wine
🥂 cheers glasses
⚽ football soccer
🏀 basketball
🎾 tennis
🏋️ gym weights
🧘 yoga
🏃 run
🚶 walk
💃 dance
👶 baby
👩 woman
👨 man
👪 family
👮 police
👷 worker
🧑‍💻 developer computer
🧑‍🍳 cook
🤷 shrug dunno
🤦 facepalm
🙋 raise hand
🙆 ok person
🙅 no person
💁 help info person`.split("\n").map((line) => {
  const at = line.indexOf(" ");
  return [line.slice(0, at), line.slice(at + 1)];
});
